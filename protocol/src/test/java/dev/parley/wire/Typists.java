package dev.parley.wire;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Origin;
import dev.parley.conversation.Role;
import dev.parley.conversation.Source;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A random log of people who type, in the same texts and in others, with something else now and then. */
final class Typists {
    private static final List<String> LETTERS = List.of("a", " ", "é", "中", "😀", "\n", "ab", "你好");

    private final RandomGenerator random;
    private final RandomModel model;
    private final long[] seqs = new long[4];
    private final int[] lengths = {30, 300, 3_000};

    Typists(RandomGenerator random) {
        this.random = random;
        model = new RandomModel(random);
    }

    List<Entry> log(int entries) {
        List<Entry> log = new ArrayList<>();
        long revision = random.nextInt(1_000);
        long timeMillis = 1_767_225_600_123L;
        for (int i = 0; i < entries; i++) {
            revision += random.nextInt(6) == 0 ? 1 + random.nextInt(300) : 1;
            timeMillis += random.nextInt(50) == 0 ? random.nextLong(1L << 34) : random.nextInt(500);
            log.add(random.nextInt(16) == 0 ? other(revision, timeMillis) : typed(revision, timeMillis));
        }
        return log;
    }

    private Entry typed(long revision, long timeMillis) {
        int who = random.nextInt(seqs.length);
        int block = random.nextInt(16) == 0 ? random.nextInt(lengths.length) : who % lengths.length;
        seqs[who] += random.nextInt(32) == 0 ? 2 : 1;
        int baseLength = lengths[block];
        TextEdit edit = edit(baseLength);
        lengths[block] += edit.growth();
        return new Entry(
                revision,
                new Author("person-" + who, who == 3 ? Role.ASSISTANT : Role.AGENT, "人 " + who),
                timeMillis,
                new SubmissionId("outbox-" + who, seqs[who], random.nextLong()),
                "",
                List.of(new Effect.EditText(
                        "outbox-0." + block, baseLength, edit, block == 0 ? View.STAFF : View.PUBLIC)),
                random.nextInt(32) == 0 ? timeMillis - 1 : 0,
                who == 3 ? new Origin(Source.AI, "person-1", "run-1", "model") : Origin.HUMAN);
    }

    private TextEdit edit(int length) {
        int place = random.nextInt(4) == 0 ? 0 : random.nextInt(1 + length);
        String letters = LETTERS.get(random.nextInt(LETTERS.size()));
        if (place == length) {
            return TextEdit.insert(place, letters);
        }
        return switch (random.nextInt(8)) {
            case 0 -> TextEdit.delete(place, 1 + random.nextInt(Math.min(9, length - place)));
            case 1 -> TextEdit.replace(place, 1, letters);
            case 2 -> TextEdit.IDENTITY;
            default -> TextEdit.insert(place, letters);
        };
    }

    private Entry other(long revision, long timeMillis) {
        Entry entry = model.entry();
        List<Effect> effects = random.nextBoolean()
                ? entry.effects()
                : List.of(new Effect.Create("b", BlockKind.DRAFT, View.STAFF, "secret", Attributes.NONE));
        return new Entry(
                revision,
                entry.author(),
                timeMillis,
                random.nextBoolean()
                        ? SubmissionId.NONE
                        : new SubmissionId("outbox-9", random.nextInt(1, 9), random.nextLong()),
                entry.command(),
                effects,
                random.nextInt(9),
                entry.origin());
    }
}
