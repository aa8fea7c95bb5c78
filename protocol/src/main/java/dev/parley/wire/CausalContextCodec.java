package dev.parley.wire;

import dev.parley.crdt.CausalContext;
import dev.parley.crdt.CausalContext.Range;
import dev.parley.crdt.Dot;
import dev.parley.crdt.VersionVector;
import dev.parley.wire.v1.ReplicaCount;
import dev.parley.wire.v1.ReplicaRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Dots and sets of them. */
public final class CausalContextCodec {
    private CausalContextCodec() {}

    public static dev.parley.wire.v1.CausalContext encode(CausalContext context) {
        dev.parley.wire.v1.CausalContext.Builder wire = dev.parley.wire.v1.CausalContext.newBuilder();
        context.ranges().forEach((replica, ranges) -> {
            ReplicaRanges.Builder known = wire.addReplicasBuilder().setReplica(replica);
            ranges.forEach(range -> known.addBounds(range.from()).addBounds(range.to()));
        });
        return wire.build();
    }

    /** Throws {@link IllegalArgumentException} for what is no context, as its constructors do. */
    static CausalContext decode(dev.parley.wire.v1.CausalContext wire) {
        TreeMap<String, List<Range>> ranges = new TreeMap<>();
        for (ReplicaRanges known : wire.getReplicasList()) {
            requireReplica(known.getReplica());
            if (known.getBoundsCount() % 2 != 0) {
                throw new IllegalArgumentException("a range without an end");
            }
            List<Range> all = ranges.computeIfAbsent(known.getReplica(), replica -> new ArrayList<>());
            for (int i = 0; i < known.getBoundsCount(); i += 2) {
                all.add(new Range(known.getBounds(i), known.getBounds(i + 1)));
            }
        }
        return new CausalContext(ranges);
    }

    public static dev.parley.wire.v1.VersionVector encode(VersionVector versions) {
        dev.parley.wire.v1.VersionVector.Builder wire = dev.parley.wire.v1.VersionVector.newBuilder();
        versions.events()
                .forEach((replica, count) -> wire.addCounts(
                        ReplicaCount.newBuilder().setReplica(replica).setCount(count)));
        return wire.build();
    }

    public static VersionVector decode(dev.parley.wire.v1.VersionVector wire) throws WireException {
        TreeMap<String, Long> events = new TreeMap<>();
        for (ReplicaCount count : wire.getCountsList()) {
            if (count.getCount() < 0 || events.size() >= CausalContext.REPLICAS_MAX) {
                throw new WireException("no versions");
            }
            events.put(count.getReplica(), count.getCount());
        }
        return new VersionVector(events);
    }

    static dev.parley.wire.v1.Dot encode(Dot dot) {
        return dev.parley.wire.v1.Dot.newBuilder()
                .setReplica(dot.replica())
                .setNumber(dot.number())
                .build();
    }

    static Dot decode(dev.parley.wire.v1.Dot wire) {
        return new Dot(wire.getReplica(), wire.getNumber());
    }

    /** A dot checks the name. */
    private static void requireReplica(String replica) {
        new Dot(replica, 1);
    }
}
