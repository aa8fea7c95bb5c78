package dev.parley.gateway.shard;

import dev.parley.gateway.shard.Delivery.Refusal;

/** Ends the processing of a submission with nothing recorded: it may come again. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Refusal refusal;

    RefusedException(Refusal refusal) {
        super(refusal.name(), null, false, false);
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
