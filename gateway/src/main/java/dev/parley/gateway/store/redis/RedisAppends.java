package dev.parley.gateway.store.redis;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.Erasure;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.PreparedAppend.Row;
import dev.parley.gateway.store.Quarantine;
import dev.parley.gateway.store.RowCodec;
import dev.parley.gateway.store.SnapshotPart;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.StoredEntry;
import io.lettuce.core.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sends appends, one script each. Before, what needs the head to be judged is judged against the head that is known here or
 * fetched, so that a batch that contradicts itself leaves no trace; the script compares the same head again.
 */
final class RedisAppends {
    private static final RedisScript APPEND = RedisScript.list("append.lua");
    private static final byte[] CHAIN = "chain".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SNAPSHOT_REVISION = "snapshotRevision".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SUMMARY = "summary".getBytes(StandardCharsets.US_ASCII);

    private final RedisLink link;
    private final RedisPulse pulse;
    private final KnownHeads heads;
    private final Quarantine quarantine;
    private final byte[] node;
    private final @Nullable Confirmation confirmation;

    RedisAppends(
            RedisLink link,
            RedisPulse pulse,
            KnownHeads heads,
            Quarantine quarantine,
            byte[] node,
            @Nullable Confirmation confirmation) {
        this.link = link;
        this.pulse = pulse;
        this.heads = heads;
        this.quarantine = quarantine;
        this.node = node;
        this.confirmation = confirmation;
    }

    static byte[] script() {
        return APPEND.text();
    }

    /** What one append of a batch stands on; without a head it meets a conflict. */
    private record Judged(
            AppendArguments arguments, @Nullable KnownHead head, List<Row> erased) {
        private Judged conflict() {
            return new Judged(arguments, null, List.of());
        }
    }

    /** Returns when all is sent; {@code answer} is completed when all is answered. */
    CompletionStage<?> send(List<AppendArguments> batch, CompletableFuture<List<AppendResult>> answer) {
        return all(batch.stream().map(this::judged))
                .thenCompose(judged -> {
                    judged.forEach(RedisAppends::requireFit);
                    return all(judged.stream().map(this::prepared));
                })
                .handle((judged, failure) -> {
                    if (failure == null) {
                        answer(judged, answer);
                    } else {
                        answer.completeExceptionally(pulse.failure(failure));
                    }
                    return null;
                });
    }

    private void answer(List<Judged> batch, CompletableFuture<List<AppendResult>> answer) {
        all(batch.stream().map(this::stored)).whenComplete((results, failure) -> {
            if (failure == null) {
                answer.complete(results);
            } else {
                batch.forEach(each -> heads.forget(each.arguments().append().key()));
                answer.completeExceptionally(pulse.failure(failure));
            }
        });
    }

    private CompletionStage<Judged> judged(AppendArguments arguments) {
        Append append = arguments.append();
        if (quarantine.holds(append.key())) {
            return CompletableFuture.completedFuture(new Judged(arguments, null, List.of()));
        }
        KnownHead known = heads.at(append.key(), append.expected());
        if (known != null) {
            return CompletableFuture.completedFuture(new Judged(arguments, known, List.of()));
        }
        return LostAnswers.askAgain(
                        () -> link.commands().hmget(arguments.keys().head(), CHAIN, SNAPSHOT_REVISION, SUMMARY))
                .thenApply(fields -> {
                    KnownHead head = head(append.key(), fields);
                    boolean there = head != null && head.chain().position().equals(append.expected());
                    return new Judged(arguments, there ? head : null, List.of());
                });
    }

    /** Null for a damaged conversation: its append is a conflict, and the load that follows says why. */
    private @Nullable KnownHead head(ConversationKey key, List<KeyValue<byte[], byte[]>> fields) {
        try {
            byte[] chain = fields.get(0).getValueOrElse(null);
            byte[] snapshot = fields.get(1).getValueOrElse(null);
            byte[] summary = fields.get(2).getValueOrElse(null);
            return new KnownHead(
                    chain == null ? Chain.START : RedisKeys.chain(chain),
                    snapshot == null ? 0 : Long.parseLong(new String(snapshot, StandardCharsets.US_ASCII)),
                    summary == null ? "" : RowCodec.decodeSummary(summary).visitor());
        } catch (WireException | NumberFormatException e) {
            quarantine.add(key, new DamagedLogException(key, "its head: " + e.getMessage()));
            return null;
        }
    }

    /** Throws {@link IllegalArgumentException} if an append contradicts itself or the head it expects. */
    private static void requireFit(Judged judged) {
        KnownHead head = judged.head();
        if (head == null) {
            return;
        }
        Append append = judged.arguments().append();
        Chain chain = head.chain();
        for (int i = 0; i < append.entries().size(); i++) {
            LoggedEntry entry = append.entries().get(i);
            chain = chain.next(judged.arguments().prepared().digests().get(i));
            if (!chain.equals(entry.chain())) {
                throw new IllegalArgumentException(
                        "entry " + chain.revision() + " does not continue the chain of " + append.key());
            }
        }
        SnapshotPart snapshot = append.snapshot();
        if (snapshot != null && (chain.revision() == 0 || !snapshot.chain().equals(chain))) {
            throw new IllegalArgumentException(
                    "a snapshot at " + snapshot.chain() + " where " + append.key() + " ends at " + chain);
        }
        if (snapshot != null && snapshot.since() != 0 && snapshot.since() != head.snapshot()) {
            throw new IllegalArgumentException("a difference to the snapshot of " + append.key() + " at "
                    + snapshot.since() + ", but there is one at " + head.snapshot());
        }
    }

    /** Files the conversation under its visitor, which is made up for on reading if the append fails, and reads what is erased. */
    private CompletionStage<Judged> prepared(Judged judged) {
        KnownHead head = judged.head();
        if (head == null) {
            return CompletableFuture.completedFuture(judged);
        }
        Append append = judged.arguments().append();
        ConversationSummary summary = append.summary();
        CompletionStage<?> filed = CompletableFuture.completedFuture(null);
        if (summary != null
                && !summary.visitor().isEmpty()
                && !summary.visitor().equals(head.visitor())) {
            String tenant = append.key().tenant();
            filed = LostAnswers.askAgain(() -> link.commands()
                    .zadd(
                            RedisKeys.visitors(tenant, summary.visitor()),
                            0,
                            Keys.visitor(tenant, summary.visitor(), summary.conversation())));
        }
        List<Erasure> earlier = judged.arguments().prepared().earlierErasures();
        if (earlier.isEmpty()) {
            return filed.thenApply(done -> judged);
        }
        byte[][] fields = earlier.stream()
                .map(erasure -> RedisKeys.revision(erasure.revision()))
                .toArray(byte[][]::new);
        return filed.thenCombine(
                LostAnswers.askAgain(
                        () -> link.commands().hmget(judged.arguments().keys().entries(), fields)),
                (done, rows) -> erased(judged, head, earlier, rows));
    }

    private Judged erased(Judged judged, KnownHead head, List<Erasure> earlier, List<KeyValue<byte[], byte[]>> rows) {
        List<Row> erased = new ArrayList<>();
        try {
            for (int i = 0; i < earlier.size(); i++) {
                Erasure erasure = earlier.get(i);
                if (rows.get(i).hasValue()) {
                    StoredEntry stored = RowCodec.decodeEntry(rows.get(i).getValue());
                    byte[] digest = RowCodec.digestInChain(
                            stored, Chain.digest(stored.getContent().toByteArray()));
                    erased.add(new Row(
                            RedisKeys.revision(erasure.revision()),
                            RowCodec.encodeErased(stored.getChain().toByteArray(), digest, erasure.content())));
                }
            }
        } catch (WireException e) {
            ConversationKey key = judged.arguments().append().key();
            quarantine.add(key, new DamagedLogException(key, "an entry to erase: " + e.getMessage()));
            return judged.conflict();
        }
        return new Judged(judged.arguments(), head, erased);
    }

    private CompletionStage<AppendResult> stored(Judged judged) {
        KnownHead head = judged.head();
        AppendArguments arguments = judged.arguments();
        Append append = arguments.append();
        if (head == null) {
            return append.entries().isEmpty() || quarantine.holds(append.key())
                    ? CompletableFuture.completedFuture(AppendResult.CONFLICT)
                    : storedBefore(arguments);
        }
        Chain end = arguments.end(head.chain());
        CompletionStage<List<Object>> answer = APPEND.run(
                link.commands(),
                arguments.scriptKeys(),
                arguments.script(head.chain(), judged.erased(), node, confirmation == null));
        heads.put(
                append.key(),
                new KnownHead(
                        end,
                        append.snapshot() == null ? head.snapshot() : end.revision(),
                        append.summary() == null
                                ? head.visitor()
                                : append.summary().visitor()));
        return answer.thenCompose(result -> result(arguments, end, result));
    }

    /** Who does not know what became of an append may send it once more. */
    private CompletionStage<AppendResult> storedBefore(AppendArguments arguments) {
        Chain end = arguments.end(Chain.START);
        CompletionStage<List<Object>> answer =
                APPEND.run(link.commands(), arguments.scriptKeys(), arguments.question(end, node));
        return answer.thenCompose(result -> result(arguments, end, result));
    }

    private CompletionStage<AppendResult> result(AppendArguments arguments, Chain end, List<Object> result) {
        if ((Long) result.get(0) == 0) {
            return CompletableFuture.completedFuture(AppendResult.CONFLICT);
        }
        return confirmation == null
                ? CompletableFuture.completedFuture(AppendResult.STORED)
                : confirmation
                        .of(arguments.keys(), end, (Long) result.get(1))
                        .thenApply(confirmed -> AppendResult.STORED);
    }

    /** The results of all, in order, or the failure of one once all are done. */
    static <T> CompletionStage<List<T>> all(Stream<? extends CompletionStage<T>> stages) {
        List<CompletableFuture<T>> futures = new ArrayList<>();
        stages.forEach(stage -> futures.add(stage.toCompletableFuture()));
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }
}
