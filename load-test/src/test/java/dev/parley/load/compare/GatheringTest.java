package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is typed character by character, as one edit. */
final class GatheringTest {
    @Test
    void makesTheSameTextAsTheCharactersOneByOne() {
        long seed = Long.getLong("parley.seed", new Random().nextInt(1_000_000));
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            String base = "-".repeat(random.nextInt(12));
            StringBuilder typed = new StringBuilder(base);
            Gathering gathering = new Gathering(base.length());
            int characters = 1 + random.nextInt(20);
            for (int i = 0; i < characters; i++) {
                int place = random.nextInt(typed.length() + 1);
                char letter = (char) ('a' + random.nextInt(26));
                typed.insert(place, letter);
                gathering.insert(place, (byte) letter);
            }

            assertThat(applied(gathering, base)).as("-Dparley.seed=%d", seed).hasToString(typed.toString());
            assertThat(gathering.length()).isEqualTo(typed.length());
        }
    }

    private static StringBuilder applied(Gathering gathering, String base) {
        StringBuilder text = new StringBuilder();
        int[] at = {0};
        boolean[] afterInsert = {false};
        gathering.read(new Gathering.Reader() {
            @Override
            public void retain(int length) {
                assertThat(length).isPositive();
                text.append(base, at[0], at[0] + length);
                at[0] += length;
                afterInsert[0] = false;
            }

            @Override
            public void insert(byte[] letters, int from, int to) {
                assertThat(afterInsert[0]).as("two inserts that could be one").isFalse();
                text.append(new String(letters, from, to - from, StandardCharsets.US_ASCII));
                afterInsert[0] = true;
            }
        });
        return text.append(base, at[0], base.length());
    }
}
