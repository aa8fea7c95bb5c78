package dev.parley.wire;

import dev.parley.crdt.OrderedSet;
import dev.parley.crdt.OrderedSet.Placed;
import dev.parley.wire.v1.OrderedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

public final class OrderedSetCodec {
    private OrderedSetCodec() {}

    public static dev.parley.wire.v1.OrderedSet encode(OrderedSet set) {
        dev.parley.wire.v1.OrderedSet.Builder wire = dev.parley.wire.v1.OrderedSet.newBuilder()
                .setContext(CausalContextCodec.encode(set.context()))
                .setEvents(CausalContextCodec.encode(set.events()));
        set.places().forEach((element, places) -> {
            OrderedEntry.Builder entry = wire.addEntriesBuilder().setElement(element);
            places.forEach(place -> entry.addPlacesBuilder()
                    .setDot(CausalContextCodec.encode(place.dot()))
                    .setRank(place.rank())
                    .setStamp(place.stamp())
                    .setMoved(CausalContextCodec.encode(place.moved())));
        });
        return wire.build();
    }

    public static OrderedSet decode(dev.parley.wire.v1.OrderedSet wire) throws WireException {
        try {
            TreeMap<String, List<Placed>> places = new TreeMap<>();
            for (OrderedEntry entry : wire.getEntriesList()) {
                List<Placed> living = new ArrayList<>();
                for (dev.parley.wire.v1.Placed place : entry.getPlacesList()) {
                    living.add(new Placed(
                            CausalContextCodec.decode(place.getDot()),
                            place.getRank(),
                            place.getStamp(),
                            CausalContextCodec.decode(place.getMoved())));
                }
                places.put(entry.getElement(), living);
            }
            return OrderedSet.of(
                    places, CausalContextCodec.decode(wire.getContext()), CausalContextCodec.decode(wire.getEvents()));
        } catch (IllegalArgumentException e) {
            throw new WireException("no list that additions, moves and removals make", e);
        }
    }
}
