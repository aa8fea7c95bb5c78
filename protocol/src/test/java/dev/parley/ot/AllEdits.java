package dev.parley.ot;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Every edit of a text of a given length: at each gap nothing or one of the given inserts, each character kept or
 * deleted. An insert in the middle of a deletion has the same form as one at its start, so different choices may give one
 * edit; it is listed once.
 */
final class AllEdits {
    private final int length;
    private final List<Text> inserts;
    private final Set<TextEdit> edits = new LinkedHashSet<>();

    private AllEdits(int length, List<Text> inserts) {
        this.length = length;
        this.inserts = inserts;
    }

    static List<TextEdit> of(int length, String... inserts) {
        List<Text> texts = new ArrayList<>(List.of(Text.EMPTY));
        for (String insert : inserts) {
            texts.add(Text.of(insert));
        }
        AllEdits all = new AllEdits(length, texts);
        all.chooseInserts(0, new Text[length + 1]);
        return List.copyOf(all.edits);
    }

    private void chooseInserts(int gap, Text[] chosen) {
        if (gap > length) {
            chooseDeletions(chosen);
            return;
        }
        for (Text insert : inserts) {
            chosen[gap] = insert;
            chooseInserts(gap + 1, chosen);
        }
    }

    private void chooseDeletions(Text[] chosen) {
        for (int deleted = 0; deleted < 1 << length; deleted++) {
            TextEdit.Builder edit = TextEdit.builder();
            for (int i = 0; i < length; i++) {
                edit.insert(chosen[i]);
                if ((deleted >> i & 1) == 1) {
                    edit.delete(1);
                } else {
                    edit.retain(1);
                }
            }
            edits.add(edit.insert(chosen[length]).build());
        }
    }
}
