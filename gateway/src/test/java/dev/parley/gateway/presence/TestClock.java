package dev.parley.gateway.presence;

import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is moved. */
final class TestClock implements InstantSource {
    private long millis = 1_767_225_600_000L;

    void advance(long more) {
        millis += more;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }
}
