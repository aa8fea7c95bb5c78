package dev.parley.crdt;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many events of each replica are known, without a gap. Replicas of which none is known are left out. */
public record VersionVector(SortedMap<String, Long> events) {
    public static final VersionVector NONE = new VersionVector(new TreeMap<>());

    public VersionVector(SortedMap<String, Long> events) {
        TreeMap<String, Long> known = new TreeMap<>(events);
        known.values().removeIf(count -> count == 0);
        this.events = Collections.unmodifiableSortedMap(known);
    }

    public long of(String replica) {
        return events.getOrDefault(replica, 0L);
    }

    public boolean covers(Dot dot) {
        return dot.number() <= of(dot.replica());
    }

    public boolean covers(VersionVector other) {
        for (Map.Entry<String, Long> entry : other.events.entrySet()) {
            if (of(entry.getKey()) < entry.getValue()) {
                return false;
            }
        }
        return true;
    }
}
