package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.Quarantine;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and cuts single logs. Replies are decoded and verified on the decoders' threads. With a confirmation nothing is read
 * that is not on a replica.
 */
final class RedisReads {
    private static final Logger LOG = LoggerFactory.getLogger(RedisReads.class);
    private static final RedisScript LOAD = RedisScript.list("load.lua");
    private static final RedisScript READ = RedisScript.list("read.lua");
    private static final RedisScript TRUNCATE = RedisScript.number("truncate.lua");

    private static final byte[] FROM_SNAPSHOT = ascii("snapshot");
    private static final byte[] FROM_LOG = ascii("log");
    private static final byte[] CHAIN = ascii("chain");
    private static final byte[] DURABLE = ascii("durable");
    private static final byte[] HORIZON = ascii("horizon");
    private static final byte[] SNAPSHOT_REVISION = ascii("snapshotRevision");
    private static final int ENTRIES_PER_CALL = 1_000;

    private final RedisLink link;
    private final KnownHeads heads;
    private final Quarantine quarantine;
    private final Executor decoders;
    private final @Nullable Confirmation confirmation;
    private final AtomicLong snapshotsDamaged = new AtomicLong();

    RedisReads(
            RedisLink link,
            KnownHeads heads,
            Quarantine quarantine,
            Executor decoders,
            @Nullable Confirmation confirmation) {
        this.link = link;
        this.heads = heads;
        this.quarantine = quarantine;
        this.decoders = decoders;
        this.confirmation = confirmation;
    }

    static List<byte[]> scripts() {
        return List.of(LOAD.text(), READ.text(), TRUNCATE.text());
    }

    CompletionStage<StoredConversation> load(ConversationKey key) {
        RedisKeys keys = RedisKeys.of(key);
        return load(key, keys, FROM_SNAPSHOT).thenComposeAsync(reply -> loaded(key, keys, reply), decoders);
    }

    private CompletionStage<LoadReply> load(ConversationKey key, RedisKeys keys, byte[] from) {
        byte[][] scriptKeys = {keys.head(), keys.entries(), keys.outboxes(), keys.blocks()};
        return LOAD.<List<Object>>run(link.commands(), scriptKeys, List.of(from))
                .thenApply(reply -> new LoadReply(key, reply));
    }

    private CompletionStage<StoredConversation> loaded(ConversationKey key, RedisKeys keys, LoadReply reply) {
        return quarantined(key, () -> {
            quarantine.check(key);
            try {
                return confirmed(key, keys, reply, reply.decode(true));
            } catch (WireException e) {
                if (reply.wasCut()) {
                    throw new DamagedLogException(key, "its snapshot: " + e.getMessage());
                }
                snapshotsDamaged.incrementAndGet();
                LOG.error("the snapshot of {} is damaged, its whole log is loaded instead: {}", key, e.getMessage());
                return load(key, keys, FROM_LOG).thenComposeAsync(log -> loadedWhole(key, keys, log), decoders);
            }
        });
    }

    private CompletionStage<StoredConversation> loadedWhole(ConversationKey key, RedisKeys keys, LoadReply reply) {
        return quarantined(key, () -> {
            try {
                return confirmed(key, keys, reply, reply.decode(false));
            } catch (WireException e) {
                throw new DamagedLogException(key, "what was read: " + e.getMessage());
            }
        });
    }

    private CompletionStage<StoredConversation> confirmed(
            ConversationKey key, RedisKeys keys, LoadReply reply, StoredConversation stored) {
        heads.put(
                key,
                new KnownHead(
                        reply.end(),
                        reply.snapshotRevision(),
                        stored.summary() == null ? "" : stored.summary().visitor()));
        if (confirmation == null || reply.confirmed()) {
            return CompletableFuture.completedFuture(stored);
        }
        return confirmation.of(keys, reply.end(), reply.writes()).thenApply(done -> stored);
    }

    CompletionStage<List<LoggedEntry>> read(ConversationKey key, long from, long to) {
        return read(key, RedisKeys.of(key), from, to, null, new ArrayList<>());
    }

    /** Adds what one call gives and asks for more, until there is none. {@code last} is where the call before ended. */
    private CompletionStage<List<LoggedEntry>> read(
            ConversationKey key, RedisKeys keys, long from, long to, @Nullable Chain last, List<LoggedEntry> read) {
        byte[][] scriptKeys = {keys.head(), keys.entries()};
        List<byte[]> arguments = List.of(
                RedisKeys.revision(from),
                RedisKeys.revision(to),
                RedisKeys.revision(ENTRIES_PER_CALL),
                confirmation == null ? CHAIN : DURABLE);
        return READ.<List<Object>>run(link.commands(), scriptKeys, arguments)
                .thenComposeAsync(
                        reply -> quarantined(key, () -> {
                            quarantine.check(key);
                            List<LoggedEntry> part = part(key, reply, last);
                            read.addAll(part);
                            followed(key, part, reply);
                            if (part.size() < ENTRIES_PER_CALL) {
                                return CompletableFuture.completedFuture(read);
                            }
                            Chain end = part.get(part.size() - 1).chain();
                            return read(key, keys, end.revision(), to, end, read);
                        }),
                        decoders);
    }

    private static List<LoggedEntry> part(ConversationKey key, List<Object> reply, @Nullable Chain last) {
        List<?> rows = (List<?>) reply.get(4);
        if (rows.isEmpty()) {
            return List.of();
        }
        long first = (Long) reply.get(2);
        byte[] horizon = (byte[]) reply.get(1);
        try {
            Chain begins = horizon == null ? Chain.START : RedisKeys.chain(horizon);
            Chain start = first == begins.revision() ? begins : LoadReply.chainOf((byte[]) reply.get(3), first);
            if (last != null && first == last.revision() && !start.equals(last)) {
                throw new WireException("the log is another than a moment ago");
            }
            return LoadReply.entries(key, start, rows);
        } catch (WireException e) {
            throw new DamagedLogException(key, "what was read: " + e.getMessage());
        }
    }

    /** Who lost against what was read appends again, and need not ask where the log ends. */
    private void followed(ConversationKey key, List<LoggedEntry> part, List<Object> reply) {
        byte[] head = (byte[]) reply.get(5);
        byte[] snapshot = (byte[]) reply.get(6);
        if (part.isEmpty() || head == null) {
            return;
        }
        Chain end = part.get(part.size() - 1).chain();
        if (Arrays.equals(RedisKeys.position(end), head)) {
            heads.followed(key, end, snapshot == null ? 0 : number(key, snapshot));
        }
    }

    /** Cuts in steps, so that no other call waits long for one. */
    CompletionStage<Long> truncate(ConversationKey key, RedisKeys keys, long revision) {
        return link.commands().hmget(keys.head(), HORIZON, SNAPSHOT_REVISION).thenCompose(fields -> {
            byte[] begins = fields.get(0).getValueOrElse(null);
            byte[] snapshot = fields.get(1).getValueOrElse(null);
            long horizon = begins == null ? 0 : horizon(key, begins);
            long covered = snapshot == null ? 0 : Long.parseLong(new String(snapshot, StandardCharsets.US_ASCII));
            long target = Math.min(Math.min(revision, covered), horizon + ENTRIES_PER_CALL);
            return target <= horizon
                    ? CompletableFuture.completedFuture(horizon)
                    : truncate(key, keys, horizon, target).thenCompose(cut -> truncate(key, keys, revision));
        });
    }

    /** The script cuts nothing if another node moved the beginning meanwhile, which also explains a row that is not there. */
    private CompletionStage<Long> truncate(ConversationKey key, RedisKeys keys, long horizon, long target) {
        return link.commands()
                .hget(keys.entries(), RedisKeys.revision(target))
                .thenCombine(link.commands().hget(keys.head(), HORIZON), (row, begins) -> {
                    if (begins != null && horizon(key, begins) != horizon) {
                        return CompletableFuture.completedStage(horizon(key, begins));
                    }
                    return this.<Long>quarantined(key, () -> {
                        try {
                            Chain chain = LoadReply.chainOf(row, target);
                            return TRUNCATE.run(
                                    link.commands(),
                                    new byte[][] {keys.head(), keys.entries()},
                                    List.of(RedisKeys.revision(horizon), RedisKeys.position(chain)));
                        } catch (WireException e) {
                            throw new DamagedLogException(key, "its beginning: " + e.getMessage());
                        }
                    });
                })
                .thenCompose(cut -> cut);
    }

    private static long number(ConversationKey key, byte[] value) {
        try {
            return Long.parseLong(new String(value, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            throw new DamagedLogException(key, "its head: not a number");
        }
    }

    private static long horizon(ConversationKey key, byte[] position) {
        try {
            return RedisKeys.chain(position).revision();
        } catch (WireException e) {
            throw new DamagedLogException(key, "its head: " + e.getMessage());
        }
    }

    long snapshotsDamaged() {
        return snapshotsDamaged.get();
    }

    private interface Verified<T> {
        CompletionStage<T> get();
    }

    /** What is found damaged is served no more. */
    private <T> CompletionStage<T> quarantined(ConversationKey key, Verified<T> read) {
        try {
            return read.get();
        } catch (DamagedLogException e) {
            quarantine.add(key, e);
            return CompletableFuture.failedFuture(e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
