package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.ot.Side;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Writers of one text, each of whom has to know where its own stands, with a server that transforms what they submit. */
final class KeystrokesTest {
    private static final int WRITERS = 5;
    private static final int TURNS = 50_000;

    private final List<Log> log = new ArrayList<>();
    private final List<Writer> writers = new ArrayList<>();
    private Text text = Text.of(Keystrokes.firstText(WRITERS));

    /** An edit as the server ordered it. */
    private record Log(int writer, TextEdit edit) {}

    private static final class Writer {
        private final Keystrokes keystrokes;
        private int heard;
        private long typed;

        Writer(Keystrokes keystrokes) {
            this.keystrokes = keystrokes;
        }
    }

    @Test
    void aWriterKnowsWhereItsOwnStandsWhateverOthersDoMeanwhile() {
        long seed = Long.getLong("parley.seed", new Random().nextInt(1_000_000));
        System.out.println("-Dparley.seed=" + seed + "  KeystrokesTest");
        Random random = new Random(seed);
        for (int writer = 0; writer < WRITERS; writer++) {
            writers.add(new Writer(new Keystrokes(writer, WRITERS, random)));
        }
        for (int turn = 0; turn < TURNS; turn++) {
            Writer writer = writers.get(random.nextInt(WRITERS));
            if (random.nextInt(4) == 0) {
                hear(writer, random.nextInt(20));
            } else {
                writer.keystrokes.type(writer.typed++);
                submit(writer);
            }
        }
        while (writers.stream().anyMatch(writer -> writer.heard < log.size())) {
            writers.forEach(writer -> hear(writer, Integer.MAX_VALUE));
        }

        assertThat(writers)
                .allSatisfy(writer -> assertThat(writer.keystrokes.length()).isEqualTo(text.length()));
        assertThat(text.length()).isGreaterThan(WRITERS).isLessThan(WRITERS * 1_000);
        assertThat(log)
                .anyMatch(each -> each.edit().growth() < 0)
                .anyMatch(each -> each.edit().growth() > 0);
    }

    /** The server takes it at once; that it did is heard later. */
    private void submit(Writer writer) {
        if (!writer.keystrokes.canSubmit()) {
            return;
        }
        Keystrokes.Splice splice = writer.keystrokes.submit();
        TextEdit edit = TextEdit.replace(
                splice.at(), splice.deleted(), splice.inserted().toString());
        for (Log earlier : log.subList(writer.heard, log.size())) {
            edit = edit.transform(earlier.edit(), Side.LEFT);
        }
        text = edit.apply(text);
        log.add(new Log(writers.indexOf(writer), edit));
    }

    private void hear(Writer writer, int count) {
        for (int i = 0; i < count && writer.heard < log.size(); i++) {
            Log next = log.get(writer.heard++);
            if (writers.get(next.writer()) == writer) {
                Keystrokes.Splice splice = Objects.requireNonNull(writer.keystrokes.answered());
                assertThat(next.edit())
                        .isEqualTo(TextEdit.replace(
                                splice.at(), splice.deleted(), splice.inserted().toString()));
                submit(writer);
            } else {
                int at = next.edit().reach() - deleted(next.edit());
                writer.keystrokes.heard(at, next.edit().growth());
            }
        }
    }

    private static int deleted(TextEdit edit) {
        return edit.components().stream()
                .filter(component -> component instanceof dev.parley.ot.Component.Delete)
                .mapToInt(dev.parley.ot.Component::length)
                .sum();
    }
}
