package dev.parley.load;

import dev.parley.conversation.Entry;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.wire.v1.OutboxFaultCode;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.RejectCode;

/** Who counts what happens to clients. Called on their event loop, in the middle of things: it must not act on them. */
public interface Observer {

    /** The submission became this revision; {@code sent} is how it last left, if this connection or an older one sent it. */
    default void acknowledged(WireConversation at, Submission sent, long revision) {}

    default void rejected(WireConversation at, SubmissionId id, RejectCode code) {}

    default void refused(WireConversation at, SubmissionId id, RefuseCode code) {}

    default void faulted(WireConversation at, SubmissionId id, OutboxFaultCode code) {}

    /** Somebody else's entry; {@code live} unless it came with catching up. */
    default void delivered(WireConversation at, Entry entry, boolean live) {}

    /** It has caught up; {@code again} unless it was never open before. */
    default void opened(WireConversation at, boolean again) {}

    /** Before {@link #opened}, if it was open before. */
    default void caughtUp(WireConversation at, CatchUp how) {}

    default void welcomed(WireClient client) {}

    /** The gateway asked it to come back at a moment of its own, and closes the connection after {@code leftMillis}. */
    default void sentAway(WireClient client, int leftMillis) {}

    default void ended(WireClient client, int closeCode) {}
}
