package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.conversation.Placement;
import dev.parley.conversation.Placement.Placed;
import dev.parley.conversation.Rank;
import dev.parley.fixture.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Ranks between others, those of revisions, and those that put something in its place. */
final class RankVectors {
    private final List<String> lines = new ArrayList<>();

    private RankVectors() {}

    static List<String> lines() {
        RankVectors vectors = new RankVectors();
        vectors.betweenOthers();
        vectors.ofRevisions();
        vectors.places();
        return vectors.lines;
    }

    private void betweenOthers() {
        between("the first rank of all", "", "");
        between("before another", "", "V");
        between("after another", "V", "");
        between("before the smallest of one digit", "", "1");
        between("after the largest of one digit", "z", "");
        between("between neighbours", "V", "W");
        between("between a rank and one that begins with it", "V", "V1");
        between("between a rank and one that begins with it and zeros", "V", "V001");
        between("between a long one and a short one", "Vzzzz", "W");
        between("between a short one and a long one", "V", "W0001");
        between("between messages in a row", Rank.ofRevision(61), Rank.ofRevision(62));
        between("after a message, before its successor", Rank.ofRevision(7), Rank.ofRevision(8));
        between("before the first message", "", Rank.ofRevision(1));
        between("after the last message", Rank.ofRevision(1_000_000), "");
        refused("between a rank and itself", "V", "V");
        refused("between a rank and a smaller one", "W", "V");
        Random random = new Random(1);
        List<String> ranks = new ArrayList<>(List.of("", ""));
        for (int i = 0; i < 60; i++) {
            int at = random.nextInt(ranks.size() - 1);
            ranks.add(at + 1, between("random " + i, ranks.get(at), ranks.get(at + 1)));
        }
    }

    private String between(String name, String before, String after) {
        String result = Rank.between(before, after);
        Map<String, Object> line = line(name, before, after);
        line.put("result", result);
        lines.add(Json.of(line));
        return result;
    }

    private void refused(String name, String before, String after) {
        assertThatThrownBy(() -> Rank.between(before, after)).isInstanceOf(IllegalArgumentException.class);
        Map<String, Object> line = line(name, before, after);
        line.put("error", true);
        lines.add(Json.of(line));
    }

    private static Map<String, Object> line(String name, String before, String after) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", "a rank " + name);
        line.put("op", "between");
        line.put("before", before);
        line.put("after", after);
        return line;
    }

    private void places() {
        List<Placed> row = List.of(new Placed("a", "G"), new Placed("b", "V"), new Placed("c", "W"));
        place("first", row, "x", "a", "", "");
        place("between two", row, "x", "", "b", "");
        place("last", row, "x", "", "", "");
        place("last before an end", row, "x", "", "", "X");
        place("last behind the end", row, "x", "", "", "H");
        place("where it is", row, "b", "", "a", "");
        place("elsewhere", row, "a", "", "c", "");
        place("in an empty list", List.of(), "x", "", "", "V");
        List<Placed> same = List.of(
                new Placed("a", "G"),
                new Placed("b", "V"),
                new Placed("c", "V"),
                new Placed("d", "V"),
                new Placed("e", "W"));
        place("between two of one rank", same, "x", "", "b", "");
        place("before all of one rank", same, "x", "b", "", "");
        String deep = "V" + "0".repeat(Rank.LENGTH_MAX - 2) + "1";
        place(
                "where there is no room",
                List.of(new Placed("a", "V"), new Placed("b", deep), new Placed("c", "W")),
                "x",
                "",
                "a",
                "");
        place(
                "where there is no room before an end",
                List.of(new Placed("a", "z".repeat(Rank.LENGTH_MAX))),
                "x",
                "",
                "",
                "");
        Random random = new Random(2);
        List<Placed> list = new ArrayList<>(List.of(new Placed("first", "V"), new Placed("last", "W")));
        for (int i = 0; i < 1_000; i++) {
            String id = "m" + i;
            boolean right = random.nextInt(8) > 0;
            List<Placed> placed =
                    right ? Placement.of(list, id, "", "first", "") : Placement.of(list, id, "last", "", "");
            if (placed.size() > 1) {
                place("in a crowded gap " + i, list, id, right ? "" : "last", right ? "first" : "", "");
            }
            list.removeIf(each -> placed.stream().anyMatch(moved -> moved.id().equals(each.id())));
            list.addAll(placed);
            list.sort(Comparator.comparing(Placed::rank));
            while (list.size() > 60) {
                list.remove(30);
            }
        }
    }

    private void place(String name, List<Placed> list, String id, String before, String after, String end) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", "a place " + name);
        line.put("op", "place");
        line.put("list", pairs(list));
        line.put("id", id);
        line.put("before", before);
        line.put("after", after);
        line.put("end", end);
        line.put("result", pairs(Placement.of(list, id, before, after, end)));
        lines.add(Json.of(line));
    }

    private static List<List<String>> pairs(List<Placed> list) {
        return list.stream().map(each -> List.of(each.id(), each.rank())).toList();
    }

    private void ofRevisions() {
        for (long revision :
                new long[] {0, 1, 2, 9, 10, 61, 62, 63, 3_843, 3_844, 238_327, 238_328, 1_000_000, (1L << 53) - 1}) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("name", "the rank of revision " + revision);
            line.put("op", "rank");
            line.put("revision", revision);
            line.put("result", Rank.ofRevision(revision));
            lines.add(Json.of(line));
        }
    }
}
