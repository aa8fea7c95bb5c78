package dev.parley.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seed.Resolver.class)
class KeysTest {
    private static final String[] LETTERS = {"\u0000", "\u0001", "\u00ff", "a", "b", "\uffff", "\ud83d\ude00"};

    private static String id(SplittableRandom random) {
        StringBuilder id = new StringBuilder();
        for (int length = random.nextInt(4); length > 0; length--) {
            id.append(LETTERS[random.nextInt(LETTERS.length)]);
        }
        return id.toString();
    }

    private static int byCodePoint(String a, String b) {
        return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
    }

    @Test
    void keys_of_conversations_sort_by_tenant_and_id_and_none_is_the_beginning_of_another(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < 200_000; i++) {
            ConversationKey a = new ConversationKey(id(random), id(random));
            ConversationKey b = new ConversationKey(id(random), id(random));
            byte[] keyA = Keys.conversation(a);
            byte[] keyB = Keys.conversation(b);
            int tenants = byCodePoint(a.tenant(), b.tenant());
            int expected = tenants != 0 ? tenants : byCodePoint(a.conversation(), b.conversation());
            assertThat(Integer.signum(Arrays.compareUnsigned(keyA, keyB))).isEqualTo(Integer.signum(expected));
            if (!a.equals(b)) {
                int mismatch = Arrays.mismatch(keyA, keyB);
                assertThat(mismatch).isLessThan(Math.min(keyA.length, keyB.length));
            }
        }
    }

    @Test
    void ids_read_back_from_a_key(Seed seed) throws WireException {
        SplittableRandom random = seed.random();
        for (int i = 0; i < 20_000; i++) {
            byte[] conversation = Keys.conversation(new ConversationKey(id(random), id(random)));
            String subject = id(random);
            String outbox = id(random);
            byte[] key = Keys.outbox(conversation, subject, outbox);
            assertThat(Keys.ids(key, conversation.length)).isEqualTo(List.of(subject, outbox));
        }
    }

    @Test
    void entries_sort_by_revision() {
        byte[] conversation = Keys.conversation(new ConversationKey("tenant", "conversation"));
        byte[] before = Keys.entry(conversation, 0);
        for (long revision : new long[] {1, 2, 127, 128, 255, 256, 65_535, 65_536, 1L << 32, Long.MAX_VALUE}) {
            byte[] key = Keys.entry(conversation, revision);
            assertThat(Arrays.compareUnsigned(before, key)).isNegative();
            assertThat(Keys.revision(conversation, key)).isEqualTo(revision);
            before = key;
        }
        assertThat(Keys.revision(conversation, conversation)).isNegative();
    }

    @Test
    void all_that_begins_with_a_prefix_is_before_its_end_and_nothing_else(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < 50_000; i++) {
            byte[] prefix = Keys.conversation(new ConversationKey(id(random), id(random)));
            byte[] end = Keys.end(prefix);
            byte[] inside = Keys.joined(prefix, id(random).getBytes(StandardCharsets.UTF_8));
            assertThat(Arrays.compareUnsigned(inside, end)).isNegative();
            byte[] other = Keys.conversation(new ConversationKey(id(random), id(random)));
            if (!Arrays.equals(other, prefix) && Arrays.compareUnsigned(other, prefix) > 0) {
                assertThat(Arrays.compareUnsigned(other, end)).isNotNegative();
            }
        }
    }
}
