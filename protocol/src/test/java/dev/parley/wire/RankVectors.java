package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.conversation.Rank;
import dev.parley.fixture.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Ranks between others, and those of revisions. */
final class RankVectors {
    private final List<String> lines = new ArrayList<>();

    private RankVectors() {}

    static List<String> lines() {
        RankVectors vectors = new RankVectors();
        vectors.betweenOthers();
        vectors.ofRevisions();
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
