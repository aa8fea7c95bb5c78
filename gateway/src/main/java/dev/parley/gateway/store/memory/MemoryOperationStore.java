package dev.parley.gateway.store.memory;

import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Entry;
import dev.parley.conversation.StateHashes;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Erasure;
import dev.parley.gateway.store.InboxPage;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LogExtent;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.Snapshot;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.SnapshotPart;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.ot.Text;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory. Each call asks the executor for one run, and each run does the oldest call that waits and completes its
 * stage, one at a time: so calls take effect and are answered in their order, whatever the executor's, at the moments that
 * the executor chooses. With an executor of one thread all is deterministic. Several nodes share the logs by a view each.
 */
public final class MemoryOperationStore implements OperationStore {
    private static final byte[] NO_CURSOR = {};
    private static final Comparator<String> BY_CODE_POINT =
            Comparator.comparing(MemoryOperationStore::utf8, Arrays::compareUnsigned);
    private static final Comparator<ConversationKey> BY_IDS = Comparator.comparing(
                    ConversationKey::tenant, BY_CODE_POINT)
            .thenComparing(ConversationKey::conversation, BY_CODE_POINT);

    private static final int TAIL_APPENDS = 64;

    private final Executor executor;
    private final Executor hints;
    private final Map<ConversationKey, Log> logs;
    private final List<MemoryOperationStore> views;
    private final List<Watching> watching = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> calls = new ArrayDeque<>();
    private final Queue<Append> unannounced = new ConcurrentLinkedQueue<>();
    private int runsDue;
    private boolean running;
    private boolean closed;

    public MemoryOperationStore(Executor executor) {
        this(executor, executor, new HashMap<>(), new CopyOnWriteArrayList<>());
    }

    private MemoryOperationStore(
            Executor executor, Executor hints, Map<ConversationKey, Log> logs, List<MemoryOperationStore> views) {
        this.executor = executor;
        this.hints = hints;
        this.logs = logs;
        this.views = views;
        views.add(this);
    }

    /** One conversation, guarded by the map of all. */
    private static final class Log {
        private final List<LoggedEntry> entries = new ArrayList<>();
        private final Map<OutboxName, OutboxRow> outboxRows = new HashMap<>();
        private @Nullable ConversationSummary summary;
        private Chain horizon = Chain.START;
        private @Nullable Snapshot snapshot;
        private final Deque<Undo> tail = new ArrayDeque<>();

        private Chain end() {
            return entries.isEmpty() ? horizon : entries.get(entries.size() - 1).chain();
        }

        private long snapshotRevision() {
            return snapshot == null ? 0 : snapshot.chain().revision();
        }

        private List<LoggedEntry> entries(long from, long to) {
            return entries.stream()
                    .filter(entry -> from < entry.revision() && entry.revision() <= to)
                    .toList();
        }
    }

    private record OutboxName(String subject, String outbox) {
        static OutboxName of(OutboxRow row) {
            return new OutboxName(row.subject(), row.outbox());
        }
    }

    /** A log as it was before one append: how many entries it had, and those of them that the append replaced. */
    private record Undo(
            int entries,
            List<LoggedEntry> replaced,
            Map<OutboxName, OutboxRow> outboxRows,
            @Nullable ConversationSummary summary,
            @Nullable Snapshot snapshot) {}

    private record Watching(ConversationKey key, LongConsumer grown) {}

    /**
     * What another node sees of the same logs, both alive at once. What it watches is announced by {@code announcements},
     * which may lose, double, delay or reorder them.
     */
    public MemoryOperationStore beside(Executor calling, Executor announcements) {
        return new MemoryOperationStore(calling, announcements, logs, views);
    }

    /**
     * Loses the last {@code appends} to a conversation, as a failover to a replica that lagged does, or fewer if there were
     * not as many since the log was last cut; returns how many. Nobody is told.
     */
    public int loseTail(ConversationKey key, int appends) {
        synchronized (logs) {
            Log log = log(key);
            int lost = 0;
            while (lost < appends && !log.tail.isEmpty()) {
                Undo undo = log.tail.removeLast();
                log.entries.subList(undo.entries(), log.entries.size()).clear();
                for (LoggedEntry before : undo.replaced()) {
                    log.entries.replaceAll(entry -> entry.revision() == before.revision() ? before : entry);
                }
                log.outboxRows.clear();
                log.outboxRows.putAll(undo.outboxRows());
                log.summary = undo.summary();
                log.snapshot = undo.snapshot();
                lost++;
            }
            return lost;
        }
    }

    /**
     * What a gateway finds that was killed and starts again: all that took effect. Calls of this store that still wait never
     * take effect and are never answered.
     */
    public synchronized MemoryOperationStore restarted(Executor next) {
        closed = true;
        calls.clear();
        views.remove(this);
        return new MemoryOperationStore(next, next, logs, views);
    }

    @Override
    public CompletionStage<StoredConversation> load(ConversationKey key) {
        return call(() -> {
            Log log = log(key);
            List<OutboxRow> rows = new ArrayList<>(log.outboxRows.values());
            rows.sort(Comparator.comparing(OutboxRow::subject, BY_CODE_POINT)
                    .thenComparing(OutboxRow::outbox, BY_CODE_POINT));
            return new StoredConversation(
                    log.horizon, log.snapshot, log.entries(log.snapshotRevision(), Long.MAX_VALUE), rows, log.summary);
        });
    }

    @Override
    public CompletionStage<List<LoggedEntry>> read(ConversationKey key, long from, long to) {
        return call(() -> log(key).entries(from, to));
    }

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        return call(() -> {
            List<AppendResult> results = new ArrayList<>(batch.size());
            Set<ConversationKey> conversations = new HashSet<>();
            for (Append append : batch) {
                if (!conversations.add(append.key())) {
                    throw new IllegalArgumentException("two appends to " + append.key() + " in one batch");
                }
                results.add(decide(append));
            }
            for (int i = 0; i < batch.size(); i++) {
                if (results.get(i) == AppendResult.STORED) {
                    store(batch.get(i));
                    unannounced.add(batch.get(i));
                }
            }
            return results;
        });
    }

    @Override
    public CompletionStage<Long> truncate(ConversationKey key, long revision) {
        return call(() -> {
            Log log = log(key);
            for (LoggedEntry entry : log.entries(0, Math.min(revision, log.snapshotRevision()))) {
                log.horizon = entry.chain();
            }
            log.entries.removeIf(entry -> entry.revision() <= log.horizon.revision());
            log.tail.clear();
            return log.horizon.revision();
        });
    }

    @Override
    public CompletionStage<List<LogExtent>> logs(@Nullable ConversationKey after, int limit) {
        return call(() -> logs.entrySet().stream()
                .filter(log -> log.getValue().end().revision() > 0)
                .filter(log -> after == null || BY_IDS.compare(log.getKey(), after) > 0)
                .sorted(Map.Entry.comparingByKey(BY_IDS))
                .limit(limit)
                .map(log -> new LogExtent(
                        log.getKey(),
                        log.getValue().horizon.revision(),
                        log.getValue().snapshotRevision()))
                .toList());
    }

    /** Memory forgets at once. */
    @Override
    public CompletionStage<@Nullable Void> purgeErased() {
        return call(() -> null);
    }

    @Override
    public CompletionStage<List<String>> conversationsOf(String tenant, String visitor, int limit) {
        return call(() -> summaries(tenant)
                .filter(summary -> !visitor.isEmpty() && summary.visitor().equals(visitor))
                .map(ConversationSummary::conversation)
                .sorted(BY_CODE_POINT)
                .limit(limit)
                .toList());
    }

    @Override
    public CompletionStage<InboxPage> inbox(String tenant, String kind, byte[] after, int limit) {
        return call(() -> {
            List<ConversationSummary> rest = summaries(tenant)
                    .filter(summary -> summary.kind().equals(kind))
                    .filter(summary -> Arrays.compareUnsigned(Keys.inboxPlace(summary), after) > 0)
                    .sorted(Comparator.comparing(Keys::inboxPlace, Arrays::compareUnsigned))
                    .toList();
            return rest.size() <= limit
                    ? new InboxPage(rest, NO_CURSOR)
                    : new InboxPage(rest.subList(0, limit), Keys.inboxPlace(rest.get(limit - 1)));
        });
    }

    @Override
    public Watch watch(ConversationKey key, LongConsumer grown) {
        Watching watched = new Watching(key, grown);
        watching.add(watched);
        return () -> watching.remove(watched);
    }

    /** Tells everybody who watches where the log ends, as an engine does that looks by itself now and then. */
    public void hint(ConversationKey key) {
        long revision;
        synchronized (logs) {
            revision = log(key).end().revision();
        }
        views.forEach(view -> view.hint(key, revision));
    }

    /** How many watches there are and were not closed. */
    public int watches() {
        return watching.size();
    }

    @Override
    public boolean isHealthy() {
        return true;
    }

    /** Calls made before are still answered. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    private AppendResult decide(Append append) {
        ConversationSummary summary = append.summary();
        if (summary != null && !summary.conversation().equals(append.key().conversation())) {
            throw new IllegalArgumentException("the summary is of another conversation than " + append.key());
        }
        for (OutboxRow row : append.outboxRows()) {
            utf8(row.subject());
            utf8(row.outbox());
        }
        requireErasures(append);
        Log log = log(append.key());
        Chain chain = log.end();
        if (!chain.position().equals(append.expected()) || (views.size() > 1 && isAnswered(append, log))) {
            return AppendResult.CONFLICT;
        }
        for (LoggedEntry entry : append.entries()) {
            chain = chain.next(Chain.digest(entry.content()));
            if (!chain.equals(entry.chain()) || chain.revision() != entry.revision()) {
                throw new IllegalArgumentException(
                        "entry " + chain.revision() + " does not continue the chain of " + append.key());
            }
        }
        requireSnapshot(append, log, chain);
        return AppendResult.STORED;
    }

    /** Whether another node answered one of these outboxes up to the same number meanwhile. */
    private static boolean isAnswered(Append append, Log log) {
        for (OutboxRow row : append.outboxRows()) {
            OutboxRow stored = log.outboxRows.get(OutboxName.of(row));
            if (stored != null
                    && stored.lastSeq() >= row.lastSeq()
                    && append.expiredRows().stream().noneMatch(expired -> isSame(expired, stored))) {
                return true;
            }
        }
        return false;
    }

    /** A node that followed another's entry knows the same answer by the time of the entry. */
    private static boolean isSame(OutboxRow expired, OutboxRow stored) {
        return OutboxName.of(expired).equals(OutboxName.of(stored))
                && expired.lastSeq() == stored.lastSeq()
                && expired.contentId() == stored.contentId();
    }

    private static void requireErasures(Append append) {
        long end = append.expected().revision() + append.entries().size();
        Set<Long> revisions = new HashSet<>();
        for (Erasure erasure : append.erasures()) {
            if (append.snapshot() == null
                    || erasure.revision() > end
                    || !revisions.add(erasure.revision())
                    || entry(erasure).revision() != erasure.revision()) {
                throw new IllegalArgumentException("no erasure of " + append.key() + " at " + erasure.revision());
            }
        }
    }

    private static Entry entry(Erasure erasure) {
        try {
            return EntryCodec.decode(erasure.content());
        } catch (WireException e) {
            throw new IllegalArgumentException("no entry in place of " + erasure.revision(), e);
        }
    }

    private static void requireSnapshot(Append append, Log log, Chain end) {
        SnapshotPart part = append.snapshot();
        if (part == null) {
            return;
        }
        if (end.revision() == 0
                || !part.chain().equals(end)
                || (part.since() != 0 && part.since() != log.snapshotRevision())) {
            throw new IllegalArgumentException("no snapshot of " + append.key() + " at " + part.chain());
        }
        part.changed().forEach(block -> utf8(block.block().id()));
        int blocks = blocksAfter(log, part).size();
        if (blocks != part.blocks()) {
            throw new IllegalArgumentException(blocks + " blocks where " + part.blocks() + " belong");
        }
    }

    private static Map<String, SnapshotBlock> blocksAfter(Log log, SnapshotPart part) {
        Map<String, SnapshotBlock> blocks = new TreeMap<>(BY_CODE_POINT);
        if (part.since() > 0 && log.snapshot != null) {
            log.snapshot.blocks().forEach(block -> blocks.put(block.block().id(), block));
        }
        part.changed().forEach(block -> blocks.put(block.block().id(), block));
        return blocks;
    }

    private void store(Append append) {
        Log log = logs.computeIfAbsent(append.key(), key -> new Log());
        Set<Long> erased = append.erasures().stream().map(Erasure::revision).collect(Collectors.toSet());
        List<LoggedEntry> replaced = erased.isEmpty()
                ? List.of()
                : log.entries.stream()
                        .filter(entry -> erased.contains(entry.revision()))
                        .toList();
        log.tail.addLast(new Undo(log.entries.size(), replaced, Map.copyOf(log.outboxRows), log.summary, log.snapshot));
        if (log.tail.size() > TAIL_APPENDS) {
            log.tail.removeFirst();
        }
        append.entries().forEach(entry -> log.entries.add(entry.withHashes(StateHashes.NONE)));
        for (OutboxRow row : append.expiredRows()) {
            log.outboxRows.computeIfPresent(OutboxName.of(row), (name, stored) -> isSame(row, stored) ? null : stored);
        }
        for (OutboxRow row : append.outboxRows()) {
            log.outboxRows.put(OutboxName.of(row), row);
        }
        if (append.summary() != null) {
            log.summary = append.summary();
        }
        SnapshotPart part = append.snapshot();
        if (part != null) {
            log.snapshot = new Snapshot(
                    part.chain(),
                    part.timeMillis(),
                    part.attributes(),
                    List.copyOf(blocksAfter(log, part).values()));
        }
        for (Erasure erasure : append.erasures()) {
            log.entries.replaceAll(logged -> logged.revision() == erasure.revision()
                    ? new LoggedEntry(entry(erasure), erasure.content(), logged.chain())
                    : logged);
        }
    }

    private Log log(ConversationKey key) {
        utf8(key.tenant());
        utf8(key.conversation());
        return logs.getOrDefault(key, new Log());
    }

    private Stream<ConversationSummary> summaries(String tenant) {
        return logs.entrySet().stream()
                .filter(log -> log.getKey().tenant().equals(tenant))
                .map(log -> log.getValue().summary)
                .filter(Objects::nonNull);
    }

    private static byte[] utf8(String id) {
        if (!Text.isWellFormed(id)) {
            throw new IllegalArgumentException("an id with a lone surrogate has no UTF-8");
        }
        return id.getBytes(StandardCharsets.UTF_8);
    }

    private <T> CompletionStage<T> call(Supplier<T> operation) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(new IllegalStateException("the store is closed"));
            }
            calls.add(() -> run(operation, stage));
        }
        executor.execute(this::runOldest);
        return stage;
    }

    /** One thread at a time does calls; a run that finds it at work leaves its call to it. */
    private void runOldest() {
        synchronized (this) {
            runsDue++;
            if (running) {
                return;
            }
            running = true;
        }
        for (Runnable call = nextDue(); call != null; call = nextDue()) {
            call.run();
        }
    }

    private synchronized @Nullable Runnable nextDue() {
        Runnable call = runsDue == 0 ? null : calls.poll();
        if (call == null) {
            runsDue = 0;
            running = false;
        } else {
            runsDue--;
        }
        return call;
    }

    private <T> void run(Supplier<T> operation, CompletableFuture<T> stage) {
        T result;
        try {
            synchronized (logs) {
                result = operation.get();
            }
        } catch (RuntimeException | Error e) {
            stage.completeExceptionally(e);
            return;
        }
        stage.complete(result);
        for (Append append = unannounced.poll(); append != null; append = unannounced.poll()) {
            announce(append);
        }
    }

    private void announce(Append append) {
        long revision = append.expected().revision() + append.entries().size();
        for (MemoryOperationStore view : views) {
            if (view != this) {
                view.hint(append.key(), revision);
            }
        }
    }

    private void hint(ConversationKey key, long revision) {
        for (Watching watched : watching) {
            if (watched.key().equals(key)) {
                hints.execute(() -> {
                    if (watching.contains(watched)) {
                        watched.grown().accept(revision);
                    }
                });
            }
        }
    }
}
