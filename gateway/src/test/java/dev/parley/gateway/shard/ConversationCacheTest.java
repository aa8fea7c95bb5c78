package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.StoredConversation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversationCacheTest {
    private static final Author VERA = new Author("vera", Role.VISITOR, "Vera");
    private static final ConversationKey KEY = key(0);
    private static final int NO_ROOM = 1;

    private final List<ConversationKey> dropped = new ArrayList<>();

    @Test
    void what_there_is_no_room_for_goes() {
        ConversationCache cache = cache(NO_ROOM);
        cache.put(KEY, loaded());
        assertThat(cache.get(KEY)).isNull();
        assertThat(cache.holds(KEY)).isFalse();
        assertThat(dropped).containsExactly(KEY);
    }

    @Test
    void who_has_to_stay_stays_without_room_and_goes_when_that_is_over() {
        ConversationCache cache = cache(NO_ROOM);
        LoadedConversation pinned = loaded();
        pinned.pin();
        cache.put(KEY, pinned);
        cache.put(key(1), loaded());
        assertThat(cache.get(KEY)).isSameAs(pinned);
        assertThat(cache.holds(KEY)).isTrue();
        cache.put(KEY, pinned);
        assertThat(cache.get(KEY)).isSameAs(pinned);
        assertThat(dropped).containsExactly(key(1));

        pinned.unpin();
        cache.put(KEY, pinned);
        assertThat(cache.get(KEY)).isNull();
        assertThat(dropped).containsExactly(key(1), KEY);
    }

    @Test
    void who_was_dropped_while_somebody_worked_on_it_comes_back() {
        LoadedConversation first = loaded();
        ConversationCache cache = cache(first.conversation().weightBytes());
        cache.put(KEY, first);
        for (int i = 0; i < 1_000 && cache.holds(KEY); i++) {
            cache.put(key(1), loaded());
        }
        assertThat(dropped).contains(KEY);
        first.pin();
        cache.put(KEY, first);
        assertThat(cache.get(KEY)).isSameAs(first);
    }

    @Test
    void what_was_removed_is_gone_also_where_there_was_no_room_for_it() {
        for (int bytesMax : new int[] {NO_ROOM, 1_000_000}) {
            ConversationCache cache = cache(bytesMax);
            LoadedConversation pinned = loaded();
            pinned.pin();
            cache.put(KEY, pinned);
            cache.remove(KEY, loaded());
            assertThat(cache.get(KEY)).isSameAs(pinned);
            dropped.clear();
            cache.remove(KEY, pinned);
            assertThat(cache.get(KEY)).isNull();
            assertThat(dropped).containsExactly(KEY);
        }
    }

    @Test
    void it_is_weighed_again_as_it_grows() {
        LoadedConversation growing = loaded();
        int before = growing.conversation().weightBytes();
        ConversationCache cache = cache(10 * before);
        cache.put(KEY, growing);
        assertThat(cache.get(KEY)).isSameAs(growing);
        growing.conversation().create(VERA, "CHAT", "x".repeat(10 * before), 1);
        growing.conversation().stored(growing.conversation().takeAppend());
        cache.put(KEY, growing);
        assertThat(cache.get(KEY)).isNull();
    }

    private ConversationCache cache(int bytesMax) {
        return new ConversationCache(bytesMax, dropped::add);
    }

    private static LoadedConversation loaded() {
        ShardLimits bounds = new ShardLimits(1, 100, 1 << 20, 100, 100, 50);
        StoredConversation empty = new StoredConversation(Chain.START, null, List.of(), List.of(), null);
        return new LoadedConversation(new Conversation(KEY, empty, new Policy(), Limits.DEFAULT, bounds), 0);
    }

    private static ConversationKey key(int number) {
        return new ConversationKey("shop", "chat-" + number);
    }
}
