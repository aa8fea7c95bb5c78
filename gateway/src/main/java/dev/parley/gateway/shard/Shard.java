package dev.parley.gateway.shard;

import com.github.benmanes.caffeine.cache.Cache;
import dev.parley.conversation.Author;
import dev.parley.conversation.Redaction;
import dev.parley.conversation.Submission;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.shard.Command.LogPart;
import dev.parley.gateway.shard.Command.Redacted;
import dev.parley.gateway.shard.Conversation.Decision;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Delivery.OpenFailure;
import dev.parley.gateway.shard.Delivery.OutboxFault;
import dev.parley.gateway.shard.Delivery.Refusal;
import dev.parley.gateway.shard.LoadedConversation.Release;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.StoreBusyException;
import dev.parley.gateway.store.StoredConversation;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single-threaded owner of many conversations. Its public methods are for any thread and hand over to its loop; all
 * else runs there.
 *
 * <ul>
 *   <li><b>Order</b>: requests for a conversation are decided in the order in which they reached the loop, also while the
 *       conversation is being loaded.
 *   <li><b>Durable before visible</b>: nothing that was decided leaves before the store has what it was decided on ({@link
 *       GroupCommit}).
 *   <li><b>Bounded</b>: past {@link ShardLimits} a request is refused with a delay, and nothing of it is recorded.
 *   <li><b>A cache, never the only copy</b>: a loaded conversation may be evicted whenever nothing of it is undurable.
 *   <li><b>One of many</b>: other nodes may append to the same logs. What they append is followed ({@link Follow}); the
 *       store's compare decides who was first, and who lost decides again on what there is then ({@link Retry}). Nobody is
 *       told that it is out of line, or not allowed, before this node has looked whether it is itself behind.
 * </ul>
 */
public final class Shard {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    /** An assistant is refused at a quarter of the undurable bytes at which people are. */
    private static final int YIELDING_SHARE = 4;

    private final TimedLoop loop;
    private final OperationStore store;
    private final Restored restored;
    private final ShardLimits bounds;
    private final InstantSource clock;
    private final Inbox inbox;
    private final Retry retry;
    private final ShardCounters counters = new ShardCounters();
    private final AtomicInteger queued = new AtomicInteger();

    private final ConversationCache conversations;
    private final Map<ConversationKey, Loading> loading = new HashMap<>();
    private final Audiences audiences;
    private final Reconciliation reconciliation;
    private final Follows follows;
    private final GroupCommit commit;
    private final List<Command> yielding = new ArrayList<>();

    /** Who is told that a visitor has a conversation from now on. For any thread. */
    public interface Visitors {
        void gained(ConversationKey key, String visitor);
    }

    /** Makes a conversation of what the store has of it. */
    interface Restored {
        Conversation of(ConversationKey key, StoredConversation stored);
    }

    /** {@code handles} gives a number that no other conversation of the node has; {@code random} is the shard's own. */
    public Shard(
            TimedLoop loop,
            OperationStore store,
            Policy policy,
            Limits limits,
            ShardLimits bounds,
            InstantSource clock,
            Inbox inbox,
            IntSupplier handles,
            Visitors visitors,
            RandomGenerator random) {
        this(
                loop,
                store,
                (key, stored) -> new Conversation(key, stored, policy, limits, bounds),
                bounds,
                clock,
                inbox,
                handles,
                visitors,
                random);
    }

    Shard(
            TimedLoop loop,
            OperationStore store,
            Restored restored,
            ShardLimits bounds,
            InstantSource clock,
            Inbox inbox,
            IntSupplier handles,
            Visitors visitors,
            RandomGenerator random) {
        this.loop = loop;
        this.store = store;
        this.restored = restored;
        this.bounds = bounds;
        this.clock = clock;
        this.inbox = inbox;
        this.audiences = new Audiences(handles, visitors, key -> loop.execute(() -> forgetIfUnused(key)));
        this.reconciliation = new Reconciliation(audiences, counters);
        this.retry = new Retry(random);
        this.follows = new Follows(new Others(), store, loop, bounds.historyEntries());
        this.commit = new GroupCommit(loop, store, clock, new Batches());
        this.conversations =
                new ConversationCache(bounds.cacheBytesMax(), dropped -> loop.execute(() -> forgetIfUnused(dropped)));
    }

    public ShardCounters counters() {
        return counters;
    }

    /** For metrics alone. */
    public Cache<?, ?> cache() {
        return conversations.statistics();
    }

    /** Requests handed over and not yet decided. */
    public int queued() {
        return queued.get();
    }

    /** Of entries that were decided and are not in the store yet. */
    long undurableBytes() {
        return commit.undurableBytes();
    }

    public void open(OpenRequest request, Subscriber subscriber) {
        handOver(new Command.Open(request, subscriber));
    }

    public void submit(ConversationKey key, int handle, Submission submission, Subscriber subscriber) {
        handOver(new Command.Submit(key, handle, submission, Command.Submit.ANY_REVISION, subscriber));
    }

    /** It is rejected unless it follows the entry at {@code expectedRevision}. */
    public void submitAfter(
            long expectedRevision, ConversationKey key, int handle, Submission submission, Subscriber subscriber) {
        handOver(new Command.Submit(key, handle, submission, expectedRevision, subscriber));
    }

    /** Delivers a page of the blocks that stand before the revision {@code before}. */
    public void readBlocks(ConversationKey key, int handle, long before, int limit, Subscriber subscriber) {
        handOver(new Command.ReadBlocks(key, handle, before, limit, subscriber));
    }

    /** The subscriber's replica has everything up to {@code revision}. */
    public void acknowledge(ConversationKey key, long revision, Subscriber subscriber) {
        loop.execute(() -> {
            Audience audience = audiences.of(key);
            LoadedConversation loaded = conversations.get(key);
            if (audience != null && loaded != null) {
                audience.acknowledged(
                        subscriber, revision, loaded.conversation().marks());
            }
        });
    }

    public void leave(ConversationKey key, Subscriber subscriber) {
        loop.execute(() -> audiences.leave(key, subscriber));
    }

    private void handOver(Command command) {
        if (queued.incrementAndGet() > bounds.queuedMax()) {
            command.subscriber().loop().execute(() -> refuse(command, Refusal.OVERLOADED));
            return;
        }
        loop.execute(() -> {
            if (command.yields()) {
                waitForPeople(command);
            } else {
                start(command);
            }
        });
    }

    /** People are served first: it waits for whatever has reached the loop until now. */
    private void waitForPeople(Command command) {
        yielding.add(command);
        if (yielding.size() == 1) {
            loop.execute(() -> {
                List<Command> now = List.copyOf(yielding);
                yielding.clear();
                now.forEach(this::start);
            });
        }
    }

    private void start(Command command) {
        assert loop.isCurrent();
        LoadedConversation loaded = conversations.get(command.key());
        if (loaded != null && loaded.postpones()) {
            loaded.postpone(command);
            conversations.put(command.key(), loaded);
            return;
        } else if (loaded != null) {
            run(command, loaded);
            return;
        }
        Loading begun = loading.get(command.key());
        (begun == null ? loadNow(command.key()) : begun).waiting().add(command);
    }

    private Loading loadNow(ConversationKey key) {
        Loading begun = begin(key, 0);
        load(key);
        return begun;
    }

    private Loading begin(ConversationKey key, int losses) {
        Loading begun = new Loading(losses);
        loading.put(key, begun);
        return begun;
    }

    private Loading ended(ConversationKey key) {
        Loading ended = loading.remove(key);
        if (ended == null) {
            throw new IllegalStateException("nobody waits for " + key);
        }
        return ended;
    }

    private void later(long delayMillis, Runnable task) {
        if (delayMillis > 0) {
            loop.after(delayMillis, task);
        } else {
            task.run();
        }
    }

    private void load(ConversationKey key) {
        counters.loads.increment();
        follows.begin(key);
        store.load(key)
                .whenComplete((stored, failure) -> loop.execute(() -> {
                    Range untold = stored == null ? null : reconciliation.untold(key, stored);
                    if (stored == null || untold == null) {
                        loaded(key, stored, List.of(), failure);
                    } else {
                        readUntold(key, stored, untold);
                    }
                }));
    }

    private void readUntold(ConversationKey key, StoredConversation stored, Range untold) {
        store.read(key, untold.from(), untold.to())
                .whenComplete((entries, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        loaded(key, null, List.of(), failure);
                    } else {
                        loaded(key, stored, entries, null);
                    }
                }));
    }

    private void loaded(
            ConversationKey key,
            @Nullable StoredConversation stored,
            List<LoggedEntry> untold,
            @Nullable Throwable failure) {
        Loading ended = ended(key);
        LoadedConversation loaded = null;
        Throwable cause = failure;
        if (stored != null) {
            try {
                loaded = new LoadedConversation(restored.of(key, stored), ended.losses());
                conversations.put(key, loaded);
            } catch (RuntimeException e) {
                cause = e;
            }
        }
        if (loaded == null) {
            if (!isPassing(cause)) {
                LOG.error("conversation {} cannot be loaded", key, cause);
            }
            forgetIfUnused(key);
            // Whoever listens has to hear of what was missed, when the store is back.
            follows.lookLater(key);
        } else if (stored != null) {
            for (LoggedEntry lost : reconciliation.reconcile(key, loaded.conversation(), stored, untold)) {
                commit.add(loaded, lost);
            }
        }
        for (Command command : ended.waiting()) {
            if (loaded == null) {
                fail(command, cause);
            } else {
                run(command, loaded);
            }
        }
        follows.goOn(key);
    }

    private @Nullable Chain known(ConversationKey key) {
        if (loading.containsKey(key)) {
            return null;
        }
        LoadedConversation loaded = conversations.get(key);
        if (loaded != null) {
            return loaded.isBusy() ? null : loaded.conversation().end();
        }
        return audiences.told(key);
    }

    private void followed(ConversationKey key, List<LoggedEntry> entries) {
        LoadedConversation loaded = conversations.get(key);
        if (loaded == null) {
            reconciliation.followed(key, entries);
        } else if (Conversation.canFollow(entries)) {
            follow(key, loaded, entries);
            if (loaded.endRest()) {
                runPostponed(key, loaded);
            }
        } else {
            loadAnew(key);
        }
    }

    private void follow(ConversationKey key, LoadedConversation loaded, List<LoggedEntry> entries) {
        counters.followed.add(entries.size());
        loaded.followed();
        audiences.publishMissed(key, loaded.conversation().follow(entries));
        conversations.put(key, loaded);
    }

    private void runPostponed(ConversationKey key, LoadedConversation loaded) {
        for (Command command : loaded.takePostponed()) {
            run(command, loaded);
        }
        if (loaded.conversation().hasUnappended()) {
            commit.add(loaded);
        }
        follows.goOn(key);
    }

    private void loadAnew(ConversationKey key) {
        LoadedConversation loaded = conversations.get(key);
        List<Command> origins = loaded == null ? List.of() : giveUp(key, loaded);
        loadNow(key).waiting().addAll(origins);
    }

    private final class Others implements Follow.Owner {
        @Override
        public @Nullable Chain known(ConversationKey key) {
            return Shard.this.known(key);
        }

        @Override
        public void followed(ConversationKey key, List<LoggedEntry> entries) {
            Shard.this.followed(key, entries);
        }

        @Override
        public void loadAnew(ConversationKey key) {
            Shard.this.loadAnew(key);
        }
    }

    /**
     * What others append is heard as long as the conversation is in memory or somebody listens. In a turn of its own: who
     * works on an evicted conversation puts it back.
     */
    private void forgetIfUnused(ConversationKey key) {
        boolean isUsed = conversations.holds(key) || audiences.of(key) != null || loading.containsKey(key);
        if (!isUsed) {
            follows.end(key);
        }
    }

    private void run(Command command, LoadedConversation loaded) {
        try {
            if (command instanceof Command.Submit submit) {
                receive(submit, loaded);
            } else if (command instanceof Command.Open open) {
                open(open, loaded);
            } else if (command instanceof Command.ReadBlocks read) {
                View view = read.subscriber().principal().role().view();
                Delivery page =
                        loaded.conversation().resumption().page(read.handle(), read.before(), read.limit(), view);
                settle(loaded, new Release.Reply(page, read));
            }
        } catch (RuntimeException e) {
            LOG.error("a request on conversation {} failed", command.key(), e);
            refuse(command, Refusal.OVERLOADED);
        }
        conversations.put(command.key(), loaded);
    }

    private void receive(Command.Submit submit, LoadedConversation loaded) {
        long bytesMax = bounds.undurableBytesMax();
        if (commit.undurableBytes() > (submit.yields() ? bytesMax / YIELDING_SHARE : bytesMax)) {
            refuse(submit, Refusal.OVERLOADED);
            return;
        }
        Conversation conversation = loaded.conversation();
        Redaction redaction = conversation.redaction(
                submit.submission(), submit.subscriber().principal().author(), clock.millis());
        Range before = redaction == null ? null : conversation.resumption().beforeHistory();
        Redacted read = submit.redacted();
        if (redaction == null || before == null) {
            decide(submit, loaded, List.of());
        } else if (read != null && read.isOf(conversation, redaction, before)) {
            decide(submit, loaded, read.entries());
        } else if (conversation.isErasing()) {
            refuse(submit, Refusal.OVERLOADED);
        } else {
            redact(submit, loaded, redaction, before);
        }
    }

    /** Decides when what is to be redacted was read, if that is still what there is; else starts again. */
    private void redact(Command.Submit submit, LoadedConversation loaded, Redaction redaction, Range before) {
        Conversation conversation = loaded.conversation();
        int redactions = conversation.redactions();
        loaded.pin();
        RedactedEntries.read(store, submit.key(), redaction, before)
                .whenComplete((entries, failure) -> loop.execute(() -> {
                    loaded.unpin();
                    if (conversations.get(submit.key()) == loaded) {
                        conversations.put(submit.key(), loaded);
                    }
                    if (failure != null) {
                        fail(submit, failure);
                    } else {
                        start(submit.with(new Redacted(conversation, redactions, redaction.blocks(), before, entries)));
                    }
                }));
    }

    private void decide(Command.Submit submit, LoadedConversation loaded, List<LoggedEntry> redacted) {
        Author author = submit.subscriber().principal().author();
        Decision decision = loaded.conversation()
                .receive(submit.submission(), author, clock.millis(), submit.expectedRevision(), redacted);
        if (decision instanceof Decision.Logged logged) {
            counters.accepted.increment();
            loaded.hold(new Release.Logged(logged.entry(), submit));
            commit.add(loaded, logged.entry());
        } else if (decision instanceof Decision.Rejected rejected) {
            counters.rejected.increment();
            loaded.hold(new Release.Reply(answered(submit, rejected.answer()), submit));
            commit.add(loaded);
        } else if (decision instanceof Decision.Answered answered) {
            if (isOutOfLine(answered.answer()) && mayBeBehind(submit, loaded)) {
                refresh(submit);
            } else if (answered.answer() instanceof Answer.Refused refused) {
                settle(loaded, new Release.Refused(refused.refusal(), submit));
            } else {
                counters.repeated.increment();
                settle(loaded, new Release.Reply(answered(submit, answered.answer()), submit));
            }
        }
    }

    /** Whether the outbox or the base knows something that this conversation does not have. */
    private static boolean isOutOfLine(Answer answer) {
        return answer instanceof Answer.Refused refused
                ? refused.refusal() == Refusal.FOREIGN_POSITION
                : answer instanceof Answer.Fault fault && fault.fault() == OutboxFault.OUTBOX_RESET;
    }

    /** Whether the store may have had more than this conversation when the command came. */
    private boolean mayBeBehind(Command command, LoadedConversation loaded) {
        Chain seen = command.seen();
        return follows.isShared(command.key())
                && (seen == null || !loaded.conversation().holds(seen));
    }

    /**
     * Looks at what the store has, and starts again on a conversation that has it too. One that has not is loaded anew as soon
     * as nothing undurable is in the way.
     */
    private void refresh(Command command) {
        ConversationKey key = command.key();
        store.load(key)
                .whenComplete((stored, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        fail(command, failure);
                        return;
                    }
                    LoadedConversation loaded = conversations.get(key);
                    if (loaded != null) {
                        loaded.conversation().learn(stored.outboxRows());
                        boolean isBehind = !loaded.conversation().holds(stored.end());
                        if (isBehind && loaded.isBusy()) {
                            loaded.hold(new Release.Again(command));
                            return;
                        } else if (isBehind) {
                            giveUp(key, loaded).forEach(this::start);
                        }
                    }
                    Loading begun = loading.get(key);
                    if (begun != null) {
                        begun.answered().addAll(stored.outboxRows());
                    }
                    start(command.after(stored.end()));
                }));
    }

    private void open(Command.Open open, LoadedConversation loaded) {
        OpenRequest request = open.request();
        Author author = open.subscriber().principal().author();
        Conversation conversation = loaded.conversation();
        if (conversation.resumption().isForeign(request.position()) && mayBeBehind(open, loaded)) {
            refresh(open);
            return;
        }
        boolean created =
                conversation.isNew() && !request.kind().isEmpty() && conversation.mayCreate(author, request.kind());
        if (created) {
            LoggedEntry entry = conversation.create(author, request.kind(), request.name(), clock.millis());
            loaded.hold(new Release.Logged(entry, open));
            commit.add(loaded, entry);
        }
        if (!conversation.mayOpen(author)) {
            if (!created && mayBeBehind(open, loaded)) {
                refresh(open);
                return;
            }
            settle(loaded, new Release.Reply(new Delivery.OpenFailed(request, OpenFailure.FORBIDDEN, 0), open));
            return;
        }
        Range missing = conversation.resumption().missingFor(request.position(), request.pending());
        if (missing != null && open.lacks(missing, conversation)) {
            read(open, missing, conversation.historyStart());
            return;
        }
        counters.opened.increment();
        Audience audience = audiences.begin(open.key());
        audience.await();
        Delivery.Opened opened = new Delivery.Opened(
                audience.handle(),
                open.key(),
                request.name(),
                author.role().view(),
                conversation
                        .resumption()
                        .catchUp(
                                audience.handle(),
                                request.position(),
                                request.pending(),
                                author.role().view(),
                                open.entriesRead()),
                conversation.answers(author.subject(), request.outboxes()),
                audience.delivered(),
                created);
        settle(loaded, new Release.Join(audience, opened, conversation.headChain(), open));
    }

    /** With the entry that memory begins after, since the log may be another one than it was when that was loaded. */
    private void read(Command.Open command, Range range, Chain end) {
        CompletionStage<List<LoggedEntry>> part = store.read(command.key(), range.from(), range.to());
        CompletionStage<List<LoggedEntry>> last =
                range.to() == end.revision() ? part : store.read(command.key(), end.revision() - 1, end.revision());
        part.thenCombine(last, (entries, ending) -> part(range, entries, end, ending))
                .whenComplete((read, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        fail(command, failure);
                    } else if (read == null) {
                        refresh(command);
                    } else {
                        start(command.with(read));
                    }
                }));
    }

    /** Nothing where the log does not reach back so far any more; null if it is another one. */
    private static @Nullable LogPart part(Range range, List<LoggedEntry> entries, Chain end, List<LoggedEntry> ending) {
        if (ending.isEmpty()) {
            return new LogPart(range, List.of(), end);
        }
        return ending.get(ending.size() - 1).chain().equals(end) ? new LogPart(range, entries, end) : null;
    }

    /** Releases at once if all it was decided on is durable, else in its turn. */
    private void settle(LoadedConversation loaded, Release release) {
        if (loaded.isBusy()) {
            loaded.hold(release);
        } else {
            release(List.of(release));
        }
    }

    private final class Batches implements GroupCommit.Owner {
        @Override
        public void stored(LoadedConversation loaded, Append append) {
            loaded.conversation().stored(append);
            reconciliation.stored(append.key());
            release(loaded.leaveBatch());
            if (append.summary() != null) {
                inbox.changed(append.key().tenant(), append.summary());
            }
            conversations.put(append.key(), loaded);
            won(append.key(), loaded);
        }

        @Override
        public void lost(LoadedConversation loaded, Append append) {
            counters.conflicts.increment();
            Shard.this.lost(append.key(), loaded);
        }

        @Override
        public void failed(LoadedConversation loaded, Append append, @Nullable Throwable failure) {
            giveUp(append.key(), loaded).forEach(origin -> fail(origin, failure));
            // The batch may have been stored all the same: whoever listens has to hear of it.
            if (audiences.of(append.key()) != null && !loading.containsKey(append.key())) {
                loadNow(append.key());
            }
        }
    }

    /** Another node was first: what was decided runs again on what there is now, or is refused when that happened too often. */
    private void lost(ConversationKey key, LoadedConversation loaded) {
        int losses = loaded.lost();
        boolean isHopeless = Retry.isHopeless(losses);
        Chain told = audiences.told(key);
        boolean isAllTold =
                told == null || told.revision() <= loaded.conversation().end().revision();
        boolean takesBack = !isHopeless && isAllTold && loaded.conversation().canTakeBack();
        List<Command> origins = takesBack ? takeOut(key, loaded) : giveUp(key, loaded);
        Loading again = begin(key, isHopeless ? 0 : losses);
        for (Command origin : origins) {
            if (isHopeless && origin instanceof Command.Submit) {
                refuse(origin, Refusal.OVERLOADED);
            } else {
                again.waiting().add(origin);
            }
        }
        if (takesBack) {
            loaded.conversation().takeBack();
        }
        later(retry.delayMillis(losses), () -> {
            if (!takesBack) {
                load(key);
            } else if (Retry.mustLearn(losses)) {
                learn(key, loaded);
            } else {
                catchUp(key, loaded);
            }
        });
    }

    /** Reads what others appended to a conversation that has nothing undurable. */
    private void catchUp(ConversationKey key, LoadedConversation loaded) {
        Chain end = loaded.conversation().end();
        Follow.read(store, key, end, bounds.historyEntries())
                .whenComplete((entries, failure) -> loop.execute(() -> {
                    List<LoggedEntry> since =
                            failure == null ? Follow.since(end, entries, bounds.historyEntries()) : null;
                    if (since != null && since.isEmpty()) {
                        learn(key, loaded);
                    } else {
                        goOn(key, loaded, since, List.of());
                    }
                }));
    }

    /** Reads also what others answered without an entry. */
    private void learn(ConversationKey key, LoadedConversation loaded) {
        Chain end = loaded.conversation().end();
        store.load(key)
                .thenCompose(stored -> Follow.read(store, key, end, bounds.historyEntries())
                        .thenAccept(entries -> loop.execute(() -> goOn(
                                key,
                                loaded,
                                Follow.since(end, entries, bounds.historyEntries()),
                                stored.outboxRows()))))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        loop.execute(() -> goOn(key, loaded, null, List.of()));
                    }
                });
    }

    /** With what others appended {@code since}; null if it does not go on from what is known, and has to be loaded anew. */
    private void goOn(
            ConversationKey key,
            LoadedConversation loaded,
            @Nullable List<LoggedEntry> since,
            List<OutboxRow> answered) {
        if (since == null || !Conversation.canFollow(since)) {
            reconciliation.remember(key, loaded.conversation().known());
            load(key);
            return;
        }
        reconciliation.stored(key);
        follow(key, loaded, since);
        Loading ended = ended(key);
        loaded.conversation().learn(answered);
        loaded.conversation().learn(ended.answered());
        for (Command command : ended.waiting()) {
            run(command, loaded);
        }
        follows.goOn(key);
    }

    /** Who else writes here has a turn before the next append. */
    private void won(ConversationKey key, LoadedConversation loaded) {
        if (loaded.won() && follows.isShared(key)) {
            int rest = loaded.rest();
            commit.leaveOut(loaded);
            loop.after(retry.restMillis(loaded.patience(), commit.lastMillis()), () -> {
                if (loaded.restInVain(rest) && conversations.get(key) == loaded) {
                    runPostponed(key, loaded);
                }
            });
            follows.goOn(key);
        } else {
            runPostponed(key, loaded);
        }
    }

    /** The requests that wait on a conversation which is not what the store has. */
    private List<Command> giveUp(ConversationKey key, LoadedConversation loaded) {
        List<Command> origins = takeOut(key, loaded);
        reconciliation.remember(key, loaded.conversation().known());
        return origins;
    }

    /** Takes a conversation out of the cache, and returns the requests that wait on it. */
    private List<Command> takeOut(ConversationKey key, LoadedConversation loaded) {
        commit.drop(loaded);
        conversations.remove(key, loaded);
        List<Command> origins = new ArrayList<>();
        for (Release release : loaded.abandon()) {
            if (release instanceof Release.Join join) {
                join.audience().awaitedCame();
                audiences.forgetIfDeserted(join.audience());
            }
            if (origins.isEmpty() || origins.get(origins.size() - 1) != release.origin()) {
                origins.add(release.origin());
            }
        }
        origins.addAll(loaded.takePostponed());
        return origins;
    }

    private void release(List<Release> releases) {
        List<LoggedEntry> entries = new ArrayList<>();
        List<Command> again = new ArrayList<>();
        for (int i = 0; i < releases.size(); i++) {
            Release release = releases.get(i);
            Command origin = release.origin();
            if (release instanceof Release.Logged logged) {
                entries.add(logged.entry());
                boolean last = i + 1 == releases.size() || !(releases.get(i + 1) instanceof Release.Logged);
                if (last) {
                    audiences.publish(origin.key(), List.copyOf(entries));
                    entries.clear();
                }
                audiences.linked(origin.key(), logged.entry().entry());
            } else if (release instanceof Release.Reply reply) {
                send(origin, reply.delivery());
            } else if (release instanceof Release.Refused refused) {
                refuse(origin, refused.refusal());
                continue;
            } else if (release instanceof Release.Again) {
                again.add(origin);
                continue;
            } else if (release instanceof Release.Join join) {
                join(join, origin);
            }
            if (!(release instanceof Release.Logged && origin instanceof Command.Open)) {
                queued.decrementAndGet();
            }
        }
        again.forEach(this::start);
    }

    private void join(Release.Join join, Command origin) {
        Audience audience = join.audience();
        audience.awaitedCame();
        if (origin.subscriber().isGone()) {
            audiences.forgetIfDeserted(audience);
            return;
        }
        audience.join(origin.subscriber(), join.opened().name(), join.head());
        send(origin, join.opened());
    }

    /** The store tells once that it is away. */
    private static boolean isPassing(@Nullable Throwable failure) {
        return cause(failure) instanceof StoreBusyException;
    }

    private static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private void fail(Command command, @Nullable Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof DamagedLogException && command instanceof Command.Open open) {
            queued.decrementAndGet();
            send(command, new Delivery.OpenFailed(open.request(), OpenFailure.QUARANTINED, 0));
        } else {
            refuse(command, isPassing(failure) ? Refusal.OVERLOADED : Refusal.STORE_AWAY);
        }
    }

    private void refuse(Command command, Refusal refusal) {
        queued.decrementAndGet();
        counters.refused.increment();
        if (command instanceof Command.Open open) {
            send(
                    command,
                    new Delivery.OpenFailed(open.request(), OpenFailure.UNAVAILABLE, bounds.refusalDelayMillis()));
        } else if (command instanceof Command.Submit submit) {
            send(command, answered(submit, new Answer.Refused(refusal, bounds.refusalDelayMillis())));
        } else if (command instanceof Command.ReadBlocks read) {
            send(command, new Delivery.Page(read.handle(), read.before(), List.of(), read.before()));
        }
    }

    private static Delivery answered(Command.Submit submit, Answer answer) {
        return new Delivery.Answered(
                submit.handle(),
                submit.submission().id().outbox(),
                submit.submission().id().seq(),
                answer);
    }

    private static void send(Command origin, Delivery delivery) {
        Subscriber subscriber = origin.subscriber();
        subscriber.loop().execute(() -> subscriber.deliver(delivery));
    }
}
