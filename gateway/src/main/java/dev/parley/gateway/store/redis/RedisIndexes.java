package dev.parley.gateway.store.redis;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.InboxPage;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LogExtent;
import dev.parley.gateway.store.RowCodec;
import dev.parley.wire.WireException;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lists over all conversations. Each partition has a part of each list, sorted as the whole is; all are asked at once
 * and merged. The rows of a page are those of the moment when they are read, one by one.
 */
final class RedisIndexes {
    private static final Logger LOG = LoggerFactory.getLogger(RedisIndexes.class);
    private static final byte[] NO_CURSOR = {};
    private static final byte[] CHAIN = "chain".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HORIZON = "horizon".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SNAPSHOT_REVISION = "snapshotRevision".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SUMMARY = "summary".getBytes(StandardCharsets.US_ASCII);

    private final RedisLink link;
    private final Executor decoders;

    RedisIndexes(RedisLink link, Executor decoders) {
        this.link = link;
        this.decoders = decoders;
    }

    CompletionStage<List<LogExtent>> logs(@Nullable ConversationKey after, int limit) {
        Range<byte[]> range = after == null
                ? Range.unbounded()
                : Range.from(Boundary.excluding(Keys.conversation(after)), Boundary.unbounded());
        return RedisAppends.all(IntStream.range(0, RedisKeys.PARTITIONS).mapToObj(partition -> link.commands()
                        .zrangebylex(RedisKeys.logs(partition), range, Limit.from(limit))))
                .thenComposeAsync(parts -> RedisAppends.all(merged(parts, limit).map(this::extent)), decoders)
                .thenApply(extents -> extents.stream().flatMap(List::stream).toList());
    }

    /** None if it cannot be read: whoever loads its conversation is told. */
    private CompletionStage<List<LogExtent>> extent(byte[] ids) {
        try {
            List<String> names = Keys.ids(ids, 0);
            ConversationKey key = new ConversationKey(names.get(0), names.get(1));
            return link.commands()
                    .hmget(RedisKeys.of(key).head(), CHAIN, HORIZON, SNAPSHOT_REVISION)
                    .thenApply(fields -> extent(key, fields));
        } catch (WireException e) {
            LOG.error("a damaged name is left out of the list of logs: {}", e.getMessage());
            return CompletableFuture.completedFuture(List.of());
        }
    }

    private static List<LogExtent> extent(ConversationKey key, List<KeyValue<byte[], byte[]>> fields) {
        try {
            if (!fields.get(0).hasValue()) {
                return List.of();
            }
            long horizon = fields.get(1).hasValue()
                    ? RedisKeys.chain(fields.get(1).getValue()).revision()
                    : 0;
            long snapshot = fields.get(2).hasValue()
                    ? Long.parseLong(new String(fields.get(2).getValue(), StandardCharsets.US_ASCII))
                    : 0;
            return List.of(new LogExtent(key, horizon, snapshot));
        } catch (WireException | NumberFormatException e) {
            LOG.error("a damaged head is left out of the list of logs: {}", e.getMessage());
            return List.of();
        }
    }

    CompletionStage<InboxPage> inbox(String tenant, String kind, byte[] after, int limit) {
        byte[] prefix = Keys.inbox(tenant, kind);
        Range<byte[]> range = Range.from(
                after.length == 0 ? Boundary.including(prefix) : Boundary.excluding(Keys.joined(prefix, after)),
                Boundary.excluding(Keys.end(prefix)));
        return RedisAppends.all(IntStream.range(0, RedisKeys.PARTITIONS).mapToObj(partition -> link.commands()
                        .zrangebylex(RedisKeys.inbox(partition), range, Limit.from(limit + 1L))))
                .thenComposeAsync(
                        parts -> page(
                                tenant, kind, prefix, merged(parts, limit + 1).toList(), limit),
                        decoders);
    }

    private CompletionStage<InboxPage> page(String tenant, String kind, byte[] prefix, List<byte[]> places, int limit) {
        List<byte[]> shown = places.subList(0, Math.min(limit, places.size()));
        byte[] next = NO_CURSOR;
        if (places.size() > limit && limit > 0) {
            byte[] last = shown.get(limit - 1);
            next = Arrays.copyOfRange(last, prefix.length, last.length);
        }
        byte[] cursor = next;
        return RedisAppends.all(shown.stream()
                        .map(place -> summary(new ConversationKey(tenant, Keys.conversationAt(place, prefix.length)))))
                .thenApply(rows -> new InboxPage(
                        rows.stream()
                                .flatMap(List::stream)
                                .filter(row -> row.kind().equals(kind))
                                .toList(),
                        cursor));
    }

    CompletionStage<List<String>> conversationsOf(String tenant, String visitor, int limit) {
        byte[] prefix = Keys.visitor(tenant, visitor);
        return visitor.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : conversationsOf(tenant, visitor, prefix, Boundary.including(prefix), limit, new ArrayList<>());
    }

    /** A conversation may have moved on to another visitor, or not have become this one's: its summary says so. */
    private CompletionStage<List<String>> conversationsOf(
            String tenant, String visitor, byte[] prefix, Boundary<byte[]> from, int limit, List<String> found) {
        return link.commands()
                .zrangebylex(
                        RedisKeys.visitors(tenant, visitor),
                        Range.from(from, Boundary.excluding(Keys.end(prefix))),
                        Limit.from(limit))
                .thenCompose(members -> RedisAppends.all(members.stream()
                                .map(member ->
                                        summary(new ConversationKey(tenant, Keys.lastId(member, prefix.length)))))
                        .thenCompose(rows -> {
                            rows.stream()
                                    .flatMap(List::stream)
                                    .filter(row -> row.visitor().equals(visitor) && found.size() < limit)
                                    .forEach(row -> found.add(row.conversation()));
                            if (found.size() >= limit || members.size() < limit) {
                                return CompletableFuture.completedFuture(found);
                            }
                            byte[] last = members.get(members.size() - 1);
                            return conversationsOf(tenant, visitor, prefix, Boundary.excluding(last), limit, found);
                        }));
    }

    private CompletionStage<List<ConversationSummary>> summary(ConversationKey key) {
        return link.commands().hget(RedisKeys.of(key).head(), SUMMARY).thenApply(row -> {
            try {
                return row == null ? List.of() : List.of(RowCodec.decodeSummary(row));
            } catch (WireException e) {
                LOG.error("a damaged summary of tenant {} is left out: {}", key.tenant(), e.getMessage());
                return List.of();
            }
        });
    }

    private static Stream<byte[]> merged(List<List<byte[]>> parts, int limit) {
        return parts.stream()
                .flatMap(List::stream)
                .sorted(Arrays::compareUnsigned)
                .limit(limit);
    }
}
