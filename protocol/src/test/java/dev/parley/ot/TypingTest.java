package dev.parley.ot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two people who type at one place, letter by letter, each seeing the other's letters whenever the line delivers them. */
@ExtendWith(SeedResolver.class)
class TypingTest {
    private static final int RUNS = 5_000;
    private static final Text BASE = Text.of("Dear customer, !");
    private static final int PLACE = 15;

    @Test
    void twoWordsTypedAtOnePlaceStayWhole(Seed seed) {
        for (int run = 0; run < RUNS; run++) {
            String ended = new Scene(seed.random(run), Side.LEFT).play();

            assertThat(ended).as("run %d", run).isIn("Dear customer, helloworld!", "Dear customer, worldhello!");
        }
    }

    /** Why the incoming edit stands left of history: the other rule converges just as well and tears words apart. */
    @Test
    void withHistoryOnTheLeftSomeOfTheWordsInterleave(Seed seed) {
        int torn = 0;
        for (int run = 0; run < RUNS; run++) {
            String ended = new Scene(seed.random(run), Side.RIGHT).play();

            assertThat(ended.chars().sorted().toArray())
                    .as("run %d keeps all letters: %s", run, ended)
                    .isEqualTo("Dear customer, helloworld!".chars().sorted().toArray());
            torn += ended.contains("hello") && ended.contains("world") ? 0 : 1;
        }

        assertThat(torn).isPositive();
    }

    /** One writer each of "hello" and "world", and the log between them. */
    private static final class Scene {
        private final SplittableRandom random;
        private final Side incoming;
        private final List<Logged> log = new ArrayList<>();
        private final Writer anna;
        private final Writer ben;

        Scene(SplittableRandom random, Side incoming) {
            this.random = random;
            this.incoming = incoming;
            anna = new Writer("hello");
            ben = new Writer("world");
        }

        String play() {
            while (!(anna.isDone() && ben.isDone())) {
                Writer writer = random.nextBoolean() ? anna : ben;
                switch (random.nextInt(3)) {
                    case 0 -> writer.type();
                    case 1 -> writer.send();
                    default -> writer.receive();
                }
            }
            assertThat(anna.text).isEqualTo(ben.text);
            return anna.text.toString();
        }

        private record Logged(Writer author, TextEdit edit) {}

        private final class Writer {
            private final String word;
            private int typed;
            private int cursor = PLACE;
            private Text text = BASE;
            private int received;
            private @Nullable TextEdit inFlight;
            private TextEdit unsent = TextEdit.IDENTITY;

            Writer(String word) {
                this.word = word;
            }

            boolean isDone() {
                return typed == word.length() && inFlight == null && unsent.isIdentity() && received == log.size();
            }

            void type() {
                if (typed == word.length()) {
                    return;
                }
                TextEdit stroke = TextEdit.insert(cursor, word.substring(typed, typed + 1));
                typed++;
                text = stroke.apply(text);
                cursor = stroke.transformCursor(cursor, true);
                unsent = unsent.compose(stroke);
            }

            /** The log moves what arrives past everything its author had not received yet. */
            void send() {
                if (inFlight != null || unsent.isIdentity()) {
                    return;
                }
                TextEdit arriving = unsent;
                inFlight = unsent;
                unsent = TextEdit.IDENTITY;
                for (Logged earlier : log.subList(received, log.size())) {
                    arriving = arriving.transform(earlier.edit, incoming);
                }
                log.add(new Logged(this, arriving));
            }

            void receive() {
                if (received == log.size()) {
                    return;
                }
                Logged next = log.get(received++);
                if (next.author == this) {
                    assertThat(next.edit)
                            .as("own edit comes back as it was rebased")
                            .isEqualTo(inFlight);
                    inFlight = null;
                    return;
                }
                TextEdit arriving = next.edit;
                if (inFlight != null) {
                    TextEdit moved = inFlight.transform(arriving, incoming);
                    arriving = arriving.transform(inFlight, incoming.other());
                    inFlight = moved;
                }
                TextEdit moved = unsent.transform(arriving, incoming);
                arriving = arriving.transform(unsent, incoming.other());
                unsent = moved;
                text = arriving.apply(text);
                cursor = arriving.transformCursor(cursor, false);
            }
        }
    }
}
