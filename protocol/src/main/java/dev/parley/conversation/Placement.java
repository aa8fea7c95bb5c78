package dev.parley.conversation;

import java.util.ArrayList;
import java.util.List;

/**
 * Ranks for something that is put between others in a list that is in order: its own, and those of neighbours where there is
 * no room for it. So it comes to stand where it was put, however often that was done before at this place. Any thread.
 */
public final class Placement {
    /** Neighbours get ranks that leave some digits free, so that they do not have to move again with the next one. */
    private static final int SPREAD_LENGTH_MAX = Rank.LENGTH_MAX - 4;

    private Placement() {}

    /** A rank in some list. */
    public record Placed(String id, String rank) {}

    /**
     * Puts {@code id} right before one, or right after one, or at the end. {@code end}: a rank before which the list ends.
     * Empty ones are not told. Who shares the rank of the one before it moves too; with no room left, as many neighbours on
     * both sides as it takes.
     */
    public static List<Placed> of(List<Placed> list, String id, String before, String after, String end) {
        List<Placed> others =
                list.stream().filter(other -> !other.id().equals(id)).toList();
        int index = index(others, before, after);
        String low = index == 0 ? "" : others.get(index - 1).rank();
        int shared = index;
        while (!low.isEmpty()
                && shared < others.size()
                && others.get(shared).rank().equals(low)) {
            shared++;
        }
        List<String> ranks = ranks(others, index, shared, end, Rank.LENGTH_MAX);
        int from = index;
        int to = shared;
        for (int more = 1; ranks.isEmpty(); more *= 2) {
            from = Math.max(0, index - more);
            to = Math.min(others.size(), shared + more);
            boolean all = from == 0 && to == others.size();
            ranks = ranks(others, from, to, end, all ? Rank.LENGTH_MAX : SPREAD_LENGTH_MAX);
            if (all && ranks.isEmpty()) {
                throw new IllegalArgumentException("no ranks for " + others.size() + " before " + end);
            }
        }
        List<Placed> placed = new ArrayList<>();
        placed.add(new Placed(id, ranks.get(index - from)));
        for (int i = from; i < to; i++) {
            placed.add(new Placed(others.get(i).id(), ranks.get(i < index ? i - from : i - from + 1)));
        }
        return placed;
    }

    private static int index(List<Placed> list, String before, String after) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i).id().equals(before)) {
                return i;
            }
        }
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i).id().equals(after)) {
                return i + 1;
            }
        }
        return list.size();
    }

    /** For those from {@code from} to before {@code to} and one more; empty if there are none of that length. */
    private static List<String> ranks(List<Placed> others, int from, int to, String end, int lengthMax) {
        String low = from == 0 ? "" : others.get(from - 1).rank();
        String high = to < others.size() ? others.get(to).rank() : low.compareTo(end) < 0 ? end : "";
        if (!high.isEmpty() && low.compareTo(high) >= 0) {
            return List.of();
        }
        List<String> ranks = new ArrayList<>();
        spread(low, high, to - from + 1, ranks);
        return ranks.stream().allMatch(rank -> rank.length() <= lengthMax) ? ranks : List.of();
    }

    /** Halves the room again and again, which takes fewer digits than one step after the other. */
    private static void spread(String low, String high, int count, List<String> ranks) {
        if (count == 0) {
            return;
        }
        String middle = Rank.between(low, high);
        spread(low, middle, (count - 1) / 2, ranks);
        ranks.add(middle);
        spread(middle, high, count / 2, ranks);
    }
}
