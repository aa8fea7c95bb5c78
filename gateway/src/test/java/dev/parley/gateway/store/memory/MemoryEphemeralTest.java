package dev.parley.gateway.store.memory;

import dev.parley.gateway.store.Ephemeral;
import dev.parley.gateway.store.EphemeralContract;
import java.time.Instant;

class MemoryEphemeralTest extends EphemeralContract {
    private Instant now = Instant.EPOCH;
    private final MemoryEphemeral ephemeral = new MemoryEphemeral(() -> now, Runnable::run);

    @Override
    protected Ephemeral ephemeral() {
        return ephemeral;
    }

    @Override
    protected void pass(long millis) {
        now = now.plusMillis(millis);
    }

    @Override
    protected void settle() {}
}
