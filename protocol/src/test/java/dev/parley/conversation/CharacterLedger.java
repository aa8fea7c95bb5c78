package dev.parley.conversation;

import dev.parley.ot.Component;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who put in and took out which character. Every character it hands out is another code point, so that a text names its
 * characters; the end of a play must then have exactly those that were put in and that nobody took out.
 */
final class CharacterLedger {
    /** Half of them inside the BMP and half outside, none a surrogate. */
    private static final int[][] RANGES = {{0x3400, 0x9FFF}, {0xE000, 0xF8FF}, {0x20000, 0x2A6DF}, {0xF0000, 0xFFFFD}};

    private final Map<Integer, Integer> used = new HashMap<>();
    private final List<Stroke> strokes = new ArrayList<>();

    /** What one operation did to one block. */
    private record Stroke(SubmissionId id, String block, Set<Integer> inserted, Set<Integer> deleted) {}

    /** New characters, all from one range. */
    String take(int range, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int codePoint = RANGES[range][0] + used.merge(range, 1, Integer::sum) - 1;
            if (codePoint > RANGES[range][1]) {
                throw new IllegalStateException("no more characters in range " + range);
            }
            text.appendCodePoint(codePoint);
        }
        return text.toString();
    }

    static int ranges() {
        return RANGES.length;
    }

    void created(SubmissionId id, String block, String text) {
        strokes.add(new Stroke(id, block, characters(text), Set.of()));
    }

    void edited(SubmissionId id, String block, String before, TextEdit edit) {
        Set<Integer> inserted = new HashSet<>();
        Set<Integer> deleted = new HashSet<>();
        int[] codePoints = before.codePoints().toArray();
        int at = 0;
        for (Component component : edit.components()) {
            if (component instanceof Component.Insert insert) {
                inserted.addAll(characters(insert.text().toString()));
                continue;
            }
            for (int i = 0; i < component.length(); i++, at++) {
                if (component.kind() == Component.Kind.DELETE) {
                    deleted.add(codePoints[at]);
                }
            }
        }
        strokes.add(new Stroke(id, block, inserted, deleted));
    }

    /** The characters a block must have, where these submissions became entries and these of their operations did not. */
    Set<Integer> expected(String block, Set<SubmissionId> accepted, Map<SubmissionId, Set<String>> unsentBlocks) {
        Set<Integer> expected = new TreeSet<>();
        List<Stroke> counted = strokes.stream()
                .filter(stroke -> stroke.block().equals(block))
                .filter(stroke -> accepted.contains(stroke.id()))
                .filter(stroke ->
                        !unsentBlocks.getOrDefault(stroke.id(), Set.of()).contains(block))
                .toList();
        counted.forEach(stroke -> expected.addAll(stroke.inserted()));
        counted.forEach(stroke -> expected.removeAll(stroke.deleted()));
        return expected;
    }

    static Set<Integer> characters(String text) {
        Set<Integer> characters = new TreeSet<>();
        text.codePoints().forEach(characters::add);
        return characters;
    }
}
