package dev.parley.load.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who is in which room of a broadcaster. On its loop. */
final class Rooms<T> {
    private final Map<String, List<T>> members = new HashMap<>();

    /** The members of the room, which change as others come and go. */
    List<T> join(String room, T member) {
        List<T> all = members.computeIfAbsent(room, name -> new ArrayList<>(Shape.TABS));
        all.add(member);
        return all;
    }

    void leave(String room, T member) {
        List<T> all = members.get(room);
        if (all != null && all.remove(member) && all.isEmpty()) {
            members.remove(room);
        }
    }
}
