package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.wire.v1.Entry;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages read where they lie. */
final class FieldsTest {
    private final Fields fields = new Fields();

    @Test
    void tellsEachFieldAndWhereItIs() {
        byte[] message = Entry.newBuilder()
                .setRevision(300)
                .setOutbox("box")
                .setSeq(1L << 40)
                .build()
                .toByteArray();
        fields.begin(message, 0, message.length);

        assertThat(fields.next()).isEqualTo(1);
        assertThat(fields.number()).isEqualTo(300);
        assertThat(fields.next()).isEqualTo(4);
        assertThat(new String(
                        message, fields.from(), fields.to() - fields.from(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("box");
        assertThat(fields.next()).isEqualTo(5);
        assertThat(fields.number()).isEqualTo(1L << 40);
        assertThat(fields.hasNext()).isFalse();
    }

    @Test
    void saysSoWhereAFieldIsNotWhole() {
        byte[] message = Entry.newBuilder().setOutbox("box").build().toByteArray();
        fields.begin(message, 0, message.length - 1);

        assertThatThrownBy(fields::next).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void neverReadsPastTheEndOfWhatIsNoMessage() {
        long seed = Long.getLong("parley.seed", new Random().nextInt(1_000_000));
        Random random = new Random(seed);
        byte[] bytes = new byte[64];
        for (int round = 0; round < 20_000; round++) {
            random.nextBytes(bytes);
            int end = random.nextInt(bytes.length);
            fields.begin(bytes, 0, end);
            try {
                while (fields.hasNext()) {
                    fields.next();
                    assertThat(fields.at()).as("-Dparley.seed=%d", seed).isLessThanOrEqualTo(end);
                }
            } catch (IndexOutOfBoundsException | ArithmeticException e) {
                assertThat(fields.hasNext() || fields.at() >= end).isTrue();
            }
        }
    }
}
