package dev.parley.wire;

import dev.parley.crdt.AddWinsSet;
import dev.parley.crdt.Dot;
import dev.parley.wire.v1.AddWinsEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

public final class AddWinsSetCodec {
    private AddWinsSetCodec() {}

    public static dev.parley.wire.v1.AddWinsSet encode(AddWinsSet set) {
        dev.parley.wire.v1.AddWinsSet.Builder wire = dev.parley.wire.v1.AddWinsSet.newBuilder()
                .setContext(CausalContextCodec.encode(set.context()))
                .setEvents(CausalContextCodec.encode(set.events()));
        for (String element : set.elements()) {
            AddWinsEntry.Builder entry = wire.addEntriesBuilder().setElement(element);
            set.dots(element).forEach(dot -> entry.addDots(CausalContextCodec.encode(dot)));
        }
        return wire.build();
    }

    public static AddWinsSet decode(dev.parley.wire.v1.AddWinsSet wire) throws WireException {
        try {
            TreeMap<String, List<Dot>> dots = new TreeMap<>();
            for (AddWinsEntry entry : wire.getEntriesList()) {
                List<Dot> living = new ArrayList<>();
                entry.getDotsList().forEach(dot -> living.add(CausalContextCodec.decode(dot)));
                dots.put(entry.getElement(), living);
            }
            return AddWinsSet.of(
                    dots, CausalContextCodec.decode(wire.getContext()), CausalContextCodec.decode(wire.getEvents()));
        } catch (IllegalArgumentException e) {
            throw new WireException("no set that additions and removals make", e);
        }
    }
}
