package dev.parley.conversation;

import java.util.List;

/** A client's request: optimistic operations made on {@code base}, or exactly one command. All or nothing. */
public record Submission(
        SubmissionId id, Position base, List<Operation> operations, long composedAtMillis, Origin origin) {

    /** A human's. */
    public Submission(SubmissionId id, Position base, List<Operation> operations, long composedAtMillis) {
        this(id, base, operations, composedAtMillis, Origin.HUMAN);
    }

    /** Whether it is part of a stream of text. */
    public boolean appendsText() {
        for (Operation operation : operations) {
            if (operation instanceof Operation.AppendText) {
                return true;
            }
        }
        return false;
    }
}
