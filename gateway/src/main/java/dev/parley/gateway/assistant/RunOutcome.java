package dev.parley.gateway.assistant;

import dev.parley.conversation.RejectCode;
import dev.parley.gateway.shard.Delivery;

/** What the caller of a run is told. {@code status} counts what was written when it was told. */
public sealed interface RunOutcome {

    /** All of its text stands in the draft. */
    record Finished(RunStatus status) implements RunOutcome {}

    /** Somebody else has the draft now, and nothing more of this run lands. */
    record Interrupted(RunStatus status, Reason reason) implements RunOutcome {}

    /** The conversation does not take it. */
    record Rejected(RunStatus status, RejectCode code) implements RunOutcome {}

    /** What was sent is not UTF-8; what came before it stands. */
    record IllFormed(RunStatus status) implements RunOutcome {}

    /** The offset is beyond what is written, or the run writes into another block. */
    record Mismatch(RunStatus status) implements RunOutcome {}

    record NotOpened(Delivery.OpenFailed failure) implements RunOutcome {}

    /** It could not be found out how far the run had come. */
    record Failed(Throwable cause) implements RunOutcome {}

    /** Why a run was interrupted. */
    enum Reason {
        /** A human took over, or published or removed the draft. */
        TAKEN_OVER,
        /** A newer request goes on with the same run. */
        SUPERSEDED
    }
}
