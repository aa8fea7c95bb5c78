package dev.parley.load.check;

/** One way in which a run was wrong, with the least that describes it. */
public record Violation(Kind kind, String description) {

    public enum Kind {
        /** Acknowledged, and not in the log where the acknowledgement said. */
        LOST,
        /** The same submission is in the log twice. */
        DOUBLED,
        /** The log's revisions are not 1..n. */
        GAP,
        /** An entry that no client sent, or one whose sender was told that it was rejected. */
        UNASKED,
        /** Submissions of one outbox are not in the order in which they were made. */
        REORDERED,
        /** An entry of the log that does not fit the state, or is not for whom it says. */
        BROKEN_LOG,
        /** A replica got an entry again. */
        DELIVERED_TWICE,
        /** A replica's entries left out one that it should have seen. */
        NOT_DELIVERED,
        /** A replica got an entry that is not the log's. */
        FOREIGN_DELIVERY,
        /** Something that is for staff reached a visitor. */
        LEAKED,
        /** Two replicas had the same revision of two different logs. */
        FORKED_LOG,
        /** A replica's state is not that of the log at its position. */
        DIVERGED,
        /** The gateway and a client disagreed on what was sent. */
        OUTBOX_FAULT,
        /** Pending submissions that were never answered, or a replica that never caught up. */
        STUCK,
        /** A client that was sent away for good, or met something that cannot be. */
        FAILED
    }

    @Override
    public String toString() {
        return kind + ": " + description;
    }
}
