package dev.parley.gateway.shard;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Origin;
import dev.parley.conversation.Position;
import dev.parley.conversation.Redaction;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.RejectedException;
import dev.parley.conversation.Role;
import dev.parley.conversation.Source;
import dev.parley.conversation.Stamp;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.Transform;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.OneShotOutbox;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Policy.Asker;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Delivery.OutboxFault;
import dev.parley.gateway.shard.Delivery.Refusal;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Erasure;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.Snapshot;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.SnapshotPart;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.ot.Text;
import dev.parley.wire.EntryCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A loaded conversation: its state at head, its recent history, the last answer of each outbox. Owned by one shard and
 * touched on its loop alone; {@link #receive} is the one place that decides order.
 *
 * <h2>How a submission becomes an entry</h2>
 *
 * <p><b>Dedupe.</b> An outbox numbers its submissions densely and has one in flight, so the last answered number says
 * everything: the next is new, the same is a repetition and gets the stored answer, a smaller one was done, a larger one
 * means that one side lost something. The content id tells a number that was used for two different things.
 *
 * <p><b>Transform.</b> The operations were made on the text at the submission's base. They are moved, as the effects they
 * would have, past every later entry that edited the same blocks, crossed pairwise; entry by entry and never composed,
 * since with the incoming edit on the left of ties a composed history can give another result.
 *
 * <p><b>Permit.</b> Only now, on what will really happen, against the state at head and the author's role.
 *
 * <p><b>Apply, append.</b> Effects are tried one on top of the other and committed together: all or nothing. The entry
 * joins history and the batch that the shard hands to the store.
 *
 * <p>What is decided here is not yet true: the shard keeps every answer until the head it was decided on is durable. If
 * the store has another log than this one, this object is thrown away and its undurable submissions run again on a fresh
 * one, from their original base.
 */
class Conversation {
    private static final int SUMMARY_TEXT_LENGTH_MAX = 120;
    /** Everybody who reads has one. */
    private static final int ATTRIBUTES_OF_CONVERSATION_MAX = 2_048;

    static final long OUTBOX_KEPT_MILLIS = Duration.ofDays(30).toMillis();

    private final ConversationKey key;
    private final Policy policy;
    private final Limits limits;
    private final ConversationState state = new ConversationState(View.STAFF);
    private final ShardLimits bounds;
    private final Chain horizon;
    private final History history;
    private final Map<OutboxName, OutboxRow> outboxes = new HashMap<>();
    private final Map<String, String> outboxOwners = new HashMap<>();
    private final DeliveryMarks marks = new DeliveryMarks();
    private final HashBeat hashBeat;
    private @Nullable ConversationSummary summary;
    private String lastMessage = "";

    private Position appended = Position.START;
    private final List<LoggedEntry> unappended = new ArrayList<>();
    private final Map<OutboxName, OutboxRow> unappendedRows = new LinkedHashMap<>();
    private final List<OutboxRow> expiredRows = new ArrayList<>();
    private final Map<Long, Erasure> unappendedErasures = new TreeMap<>();
    private int redactions;
    private int redactionsStored;
    private long snapshotRevision;
    private boolean summaryChanged;

    private record OutboxName(String subject, String outbox) {}

    Conversation(ConversationKey key, StoredConversation stored, Policy policy, Limits limits, ShardLimits bounds) {
        this.key = key;
        this.policy = policy;
        this.limits = limits;
        this.hashBeat = new HashBeat(limits.snapshotBlocks());
        this.bounds = bounds;
        horizon = stored.horizon();
        history = new History(stored.start(), bounds.historyEntries());
        Snapshot snapshot = stored.snapshot();
        if (snapshot != null) {
            snapshot.blocks().forEach(block -> state.restore(block.block(), block.changedAt()));
            state.restore(snapshot.chain().revision(), snapshot.timeMillis(), snapshot.attributes());
            marks.restore(state.blocks());
            snapshotRevision = snapshot.chain().revision();
        }
        for (LoggedEntry entry : stored.entries()) {
            state.apply(entry.entry());
            history.append(entry);
            marks.append(entry.entry());
        }
        history.stored(stored.end().revision());
        for (OutboxRow row : stored.outboxRows()) {
            remember(row);
        }
        summary = stored.summary();
        Block last = latestMessage();
        lastMessage = last == null ? "" : last.id();
        appended = history.head().position();
    }

    /** What became of a submission: an entry, an answer that waits for its row to be durable, or an answer. */
    sealed interface Decision {
        record Logged(LoggedEntry entry) implements Decision {}

        record Rejected(Answer.Rejected answer) implements Decision {}

        record Answered(Answer answer) implements Decision {}
    }

    Decision receive(Submission submission, Author author, long nowMillis) {
        return receive(submission, author, nowMillis, Command.Submit.ANY_REVISION, List.of());
    }

    /**
     * Rejects what would not follow {@code expectedRevision}. {@code redacted} are the entries before {@link #beforeHistory}
     * ends of which the submission's {@link #redaction} takes something.
     */
    Decision receive(
            Submission submission, Author author, long nowMillis, long expectedRevision, List<LoggedEntry> redacted) {
        SubmissionId id = submission.id();
        OutboxRow row = outboxes.get(new OutboxName(author.subject(), id.outbox()));
        if (row == null) {
            forgetExpired(nowMillis);
        }
        Answer known = dedupe(id, author, row);
        if (known != null) {
            return new Decision.Answered(known);
        }
        try {
            if (expectedRevision != Command.Submit.ANY_REVISION
                    && expectedRevision != history.head().revision()) {
                throw new RejectedException(RejectCode.CHANGED);
            }
            Shape.check(submission.origin(), limits);
            Asker asker = new Asker(key.tenant(), author, state, nowMillis);
            Operation.Command command = command(submission);
            List<Effect> effects = command == null
                    ? transform(checked(submission, author), submission.base(), author)
                    : stamp(command, submission, asker);
            List<LoggedEntry> inPlace = command instanceof Operation.Redact redact
                    ? inPlace(Redaction.of(redact.block(), state), redacted)
                    : List.of();
            LoggedEntry entry = append(permitAndApply(effects, submission, asker, nowMillis));
            if (command instanceof Operation.Redact) {
                erase(inPlace, entry);
            }
            answer(id, author, nowMillis, entry.revision(), null);
            return new Decision.Logged(entry);
        } catch (RejectedException e) {
            answer(id, author, nowMillis, 0, e.code());
            return new Decision.Rejected(new Answer.Rejected(e.code(), id.contentId()));
        } catch (RefusedException e) {
            return new Decision.Answered(new Answer.Refused(e.refusal(), 0));
        }
    }

    /** What the submission takes out of the log if it is accepted, and null if it takes nothing or will not be. */
    @Nullable Redaction redaction(Submission submission, Author author, long nowMillis) {
        OutboxRow row =
                outboxes.get(new OutboxName(author.subject(), submission.id().outbox()));
        if (!(command(submission) instanceof Operation.Redact redact) || dedupe(submission.id(), author, row) != null) {
            return null;
        }
        Block block = state.block(redact.block());
        if (block == null || !author.role().view().sees(block.audience()) || block.isMerged() || block.erased()) {
            return null;
        }
        Asker asker = new Asker(key.tenant(), author, state, nowMillis);
        return policy.may(asker, redact, block) ? Redaction.of(block.id(), state) : null;
    }

    /** The part of the log that is not in memory, or null if all is. */
    @Nullable Range beforeHistory() {
        return horizon.revision() < history.start() ? new Range(horizon.revision(), history.start()) : null;
    }

    /** Whether entries were replaced here and not yet in the store, which must not be read for the next redaction then. */
    boolean isErasing() {
        return redactions > redactionsStored;
    }

    /** How many there were since it was loaded. What was read of the log before the last one is not what it is now. */
    int redactions() {
        return redactions;
    }

    /** The answer if this is not the outbox's next submission, else null. */
    @Nullable Answer dedupe(SubmissionId id, Author author, @Nullable OutboxRow row) {
        long lastSeq = row == null ? 0 : row.lastSeq();
        if (id.seq() == lastSeq + 1) {
            return row == null && outboxesOf(author) >= limits.outboxesPerConversationMax()
                    ? new Answer.Refused(Refusal.TOO_MANY_OUTBOXES, 0)
                    : null;
        }
        if (row == null || id.seq() > lastSeq) {
            return new Answer.Fault(OutboxFault.OUTBOX_RESET, lastSeq);
        }
        if (id.seq() < lastSeq) {
            return new Answer.Fault(OutboxFault.ALREADY_DONE, lastSeq);
        }
        return id.contentId() == row.contentId() ? stored(row) : new Answer.Fault(OutboxFault.FORKED, lastSeq);
    }

    /** Everybody has a share of their own, so that who uses it up keeps nobody else from writing. */
    private long outboxesOf(Author author) {
        return outboxes.keySet().stream()
                .filter(name -> name.subject().equals(author.subject()))
                .count();
    }

    /** Makes room for a new outbox. What is not asked for may stay longer than it has to. */
    private void forgetExpired(long nowMillis) {
        outboxes.values().removeIf(row -> {
            long keptMillis = OneShotOutbox.isId(row.outbox()) ? OneShotOutbox.KEPT_MILLIS : OUTBOX_KEPT_MILLIS;
            boolean expired = nowMillis - row.lastUsedMillis() > keptMillis;
            if (expired) {
                outboxOwners.remove(row.outbox(), row.subject());
                expiredRows.add(row);
            }
            return expired;
        });
    }

    static Answer stored(OutboxRow row) {
        return row.rejected() == null
                ? new Answer.Accepted(row.acceptedRevision(), row.contentId())
                : new Answer.Rejected(row.rejected(), row.contentId());
    }

    private static Operation.@Nullable Command command(Submission submission) {
        return submission.operations().size() == 1
                        && submission.operations().get(0) instanceof Operation.Command command
                ? command
                : null;
    }

    /** The effects that the operations ask for, where they are of a shape that can be meant at all. */
    private List<Effect> checked(Submission submission, Author author) throws RejectedException {
        List<Operation> operations = submission.operations();
        if (operations.isEmpty()) {
            throw new RejectedException(RejectCode.MALFORMED);
        }
        if (operations.size() > limits.operationsPerSubmissionMax()) {
            throw new RejectedException(RejectCode.TOO_LARGE);
        }
        requireOwn(submission.id().outbox(), author);
        List<Effect> effects = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            if (operation.isCommand()) {
                throw new RejectedException(RejectCode.MALFORMED);
            }
            Shape.check(operation, submission.id().outbox(), limits);
            if (operation instanceof Operation.Advance advance
                    && advance.revision() > history.head().revision()) {
                throw new RejectedException(RejectCode.OUT_OF_RANGE);
            }
            effects.add(operation.effect(author));
        }
        return effects;
    }

    /** Blocks are named after outboxes: nobody names one after another's. */
    private void requireOwn(String outbox, Author author) throws RejectedException {
        if (!outboxOwners.getOrDefault(outbox, author.subject()).equals(author.subject())) {
            throw new RejectedException(RejectCode.FOREIGN_ID);
        }
    }

    private List<Effect> transform(List<Effect> effects, Position base, Author author)
            throws RejectedException, RefusedException {
        requireOnLog(base);
        requireSeen(effects, base, author);
        List<Effect> moved = effects;
        LoggedEntry earlier = history.nextEdit(base.revision(), moved);
        while (earlier != null) {
            Entry entry = earlier.entry();
            moved = past(moved, author.role(), entry);
            earlier = history.nextEdit(earlier.revision(), moved);
        }
        return moved;
    }

    /** Nobody learns from how a wrong edit is rejected what became of a text that was hidden at its base. */
    private void requireSeen(List<Effect> effects, Position base, Author author) throws RejectedException {
        if (author.role().view() == View.STAFF) {
            return;
        }
        for (Effect effect : effects) {
            Block block = effect instanceof Effect.Create ? null : state.block(effect.target());
            if (block != null && (block.audience() == View.STAFF || block.revision() > base.revision())) {
                throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
            }
        }
    }

    /** A submission after an entry that was logged since its base. */
    List<Effect> past(List<Effect> submission, Role author, Entry entry) throws RejectedException {
        return Transform.cross(
                        submission, author, entry.effects(), entry.author().role())
                .submission();
    }

    private void requireOnLog(Position base) throws RefusedException {
        if (base.revision() > history.head().revision()) {
            throw new RefusedException(Refusal.FOREIGN_POSITION);
        }
        if (base.revision() < history.start()) {
            throw new RefusedException(Refusal.BEHIND);
        }
        if (!history.holds(base)) {
            throw new RefusedException(Refusal.FOREIGN_POSITION);
        }
    }

    /** What a command becomes at head. */
    private List<Effect> stamp(Operation.Command command, Submission submission, Asker asker)
            throws RejectedException, RefusedException {
        Shape.check(command, submission.id().outbox(), limits);
        if (command instanceof Operation.PublishDraft) {
            requireOnLog(submission.base());
        }
        Block block = state.block(command.block());
        boolean creates = command instanceof Operation.StartRun && block == null;
        if (creates) {
            requireOwn(submission.id().outbox(), asker.author());
            if (!command.block().startsWith(submission.id().outbox() + ".")) {
                throw new RejectedException(RejectCode.FOREIGN_ID);
            }
        } else if (!command.block().isEmpty()) {
            block = visible(block, asker.author());
        }
        @Nullable Block into = command instanceof Operation.MergeBlocks merge
                ? visible(state.block(merge.into()), asker.author())
                : null;
        long base = submission.base().revision();
        Stamp stamp = new Stamp(
                state,
                (edited, matches) -> history.editedSince(base, edited, earlier -> matches.test(earlier.entry())));
        List<Effect> effects = stamp.effects(command, asker.author());
        require(policy.may(asker, command, block));
        if (into != null) {
            require(policy.may(asker, command, into));
        }
        if (command instanceof Operation.AcceptSuggestion) {
            requireMayEdit(effects, asker);
        }
        return effects;
    }

    /** Who accepts a suggestion edits its target. */
    private void requireMayEdit(List<Effect> effects, Asker asker) throws RejectedException {
        for (Effect effect : effects) {
            if (effect instanceof Effect.EditText edit) {
                require(policy.mayEdit(asker, visible(state.block(edit.block()), asker.author())));
            }
        }
    }

    private static Block visible(@Nullable Block block, Author author) throws RejectedException {
        if (block == null || !author.role().view().sees(block.audience())) {
            throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
        }
        return block;
    }

    /** Tries the effects at head, each permitted where it stands, and commits them as the next entry. */
    private Entry permitAndApply(List<Effect> effects, Submission submission, Asker asker, long nowMillis)
            throws RejectedException {
        Operation.Command command = command(submission);
        Author author = asker.author();
        Entry header = new Entry(
                history.head().revision() + 1,
                author,
                Math.max(state.timeMillis(), nowMillis),
                submission.id(),
                command == null ? "" : command.name(),
                List.of(),
                submission.composedAtMillis(),
                origin(submission, command, author));
        ConversationState.Trial trial = state.trial(header);
        List<Effect> stamped = new ArrayList<>(effects.size());
        for (Effect effect : effects) {
            Block before = trial.block(effect.target());
            if (command == null) {
                permit(effect, before, trial, asker);
            }
            Effect permitted = effect.withAudience(audience(effect, before));
            trial.apply(permitted);
            requireSize(trial.block(effect.target()));
            if (permitted instanceof Effect.Retarget retarget) {
                requireSize(trial.block(retarget.into()));
            }
            stamped.add(permitted);
        }
        if (trial.blockCount() > limits.blocksPerConversationMax()) {
            throw new RejectedException(RejectCode.CONVERSATION_FULL);
        }
        if (trial.attributes().size() > ATTRIBUTES_OF_CONVERSATION_MAX) {
            throw new RejectedException(RejectCode.TOO_LARGE);
        }
        if (reopens(stamped, author)) {
            Effect reopened = attribute(Attributes.STATE, Attributes.OPEN);
            trial.apply(reopened);
            stamped.add(reopened);
        }
        state.commit(trial);
        return header.withEffects(List.copyOf(stamped));
    }

    /** A visitor who writes into a closed conversation opens it again. */
    private boolean reopens(List<Effect> effects, Author author) {
        return author.role() == Role.VISITOR
                && state.attribute(Attributes.STATE).equals(Attributes.CLOSED)
                && effects.stream()
                        .anyMatch(
                                effect -> effect instanceof Effect.Create create && create.kind() == BlockKind.MESSAGE);
    }

    /** Who acts says for whom and by which model; what kind of source it is follows from its role and what it does. */
    private Origin origin(Submission submission, Operation.@Nullable Command command, Author author) {
        Origin told = submission.origin();
        if (command instanceof Operation.AppendText append) {
            return new Origin(Source.AI, told.onBehalfOf(), append.run(), told.model());
        }
        if (command instanceof Operation.AcceptSuggestion accept) {
            Block suggestion = state.block(accept.block());
            return suggestion != null && suggestion.author().role() == Role.ASSISTANT
                    ? new Origin(Source.AI, "", "", "")
                    : Origin.HUMAN;
        }
        return switch (author.role()) {
            case ASSISTANT -> new Origin(Source.AI, told.onBehalfOf(), told.run(), told.model());
            case SERVICE -> new Origin(Source.BACKEND, told.onBehalfOf(), told.run(), told.model());
            case VISITOR, AGENT, ADMIN -> Origin.HUMAN;
        };
    }

    /** Throws if the author may not bring the effect about. */
    private void permit(Effect effect, @Nullable Block before, ConversationState.Trial trial, Asker asker)
            throws RejectedException {
        if (effect instanceof Effect.Create create) {
            require(policy.may(asker, create));
            return;
        }
        if (effect instanceof Effect.Set set && set.target().isEmpty()) {
            require(policy.maySetOnConversation(asker, set));
            return;
        }
        Block block = visible(before, asker.author());
        if (effect instanceof Effect.Set set) {
            require(policy.maySet(asker, set, block));
        } else if (effect instanceof Effect.EditText) {
            require(policy.mayEdit(asker, block));
        } else if (effect instanceof Effect.Move) {
            require(policy.mayMove(asker, block));
        } else if (effect instanceof Effect.PlaceAnchor anchor) {
            require(policy.maySuggest(asker, block, trial.block(anchor.name())));
        }
    }

    /** Who may see the effect. */
    private static View audience(Effect effect, @Nullable Block block) {
        if (effect instanceof Effect.Create create) {
            return create.audience();
        }
        if (effect instanceof Effect.Reveal) {
            return View.PUBLIC;
        }
        if (effect instanceof Effect.Set set && !Attributes.isPublic(set.key())) {
            return View.STAFF;
        }
        if (effect instanceof Effect.PlaceAnchor
                || (block == null && !effect.target().isEmpty())) {
            return View.STAFF;
        }
        return block == null ? View.PUBLIC : block.audience();
    }

    private static void require(boolean permitted) throws RejectedException {
        if (!permitted) {
            throw new RejectedException(RejectCode.FORBIDDEN);
        }
    }

    private void requireSize(@Nullable Block block) throws RejectedException {
        if (block != null
                && (block.text().length() > limits.textLengthMax()
                        || block.attributes().size() > limits.attributesPerBlockMax())) {
            throw new RejectedException(RejectCode.TOO_LARGE);
        }
    }

    private LoggedEntry append(Entry entry) {
        LoggedEntry logged = LoggedEntry.after(history.head(), entry, EntryCodec.encode(entry))
                .withHashes(hashBeat.after(entry, state));
        history.append(logged);
        marks.append(entry);
        unappended.add(logged);
        summarise(entry);
        return logged;
    }

    private void answer(
            SubmissionId id, Author author, long nowMillis, long acceptedRevision, @Nullable RejectCode rejected) {
        OutboxRow row = new OutboxRow(
                author.subject(), id.outbox(), id.seq(), id.contentId(), nowMillis, acceptedRevision, rejected);
        remember(row);
        unappendedRows.put(new OutboxName(row.subject(), row.outbox()), row);
    }

    private void remember(OutboxRow row) {
        outboxes.put(new OutboxName(row.subject(), row.outbox()), row);
        outboxOwners.putIfAbsent(row.outbox(), row.subject());
    }

    /** Writes the first entry. Only where {@link #isNew}. */
    LoggedEntry create(Author author, String kind, String name, long nowMillis) {
        Entry entry = new Entry(
                1,
                author,
                nowMillis,
                SubmissionId.NONE,
                "Open",
                kind.equals(ConversationSummary.CHAT) ? chat(author, name) : article(name),
                0);
        state.apply(entry);
        return append(entry);
    }

    private static List<Effect> chat(Author visitor, String name) {
        return List.of(
                attribute(Attributes.KIND, ConversationSummary.CHAT),
                attribute(Attributes.VISITOR, visitor.subject()),
                attribute(Attributes.VISITOR_NAME, visitor.name()),
                attribute(Attributes.NAME, name),
                attribute(Attributes.STATE, Attributes.OPEN));
    }

    private static List<Effect> article(String name) {
        return List.of(
                attribute(Attributes.KIND, ConversationSummary.ARTICLE),
                attribute(Attributes.NAME, name),
                attribute(Attributes.TITLE, name));
    }

    private static Effect attribute(String key, String value) {
        return new Effect.Set("", key, value, false, View.PUBLIC);
    }

    boolean isNew() {
        return history.head().revision() == 0;
    }

    boolean mayCreate(Author author, String kind) {
        return policy.mayCreateConversation(key.tenant(), author, kind);
    }

    boolean mayOpen(Author author) {
        return policy.mayOpen(key.tenant(), author, state);
    }

    Position head() {
        return history.head().position();
    }

    /** What of the log has to be read before {@link #catchUp} can answer, or null if all is in memory. */
    @Nullable Range missingFor(Position position, boolean pending) {
        long revision = position.revision();
        if (revision >= history.start() || revision < horizon.revision() || (revision == 0 && !pending)) {
            return null;
        }
        if (revision == horizon.revision()) {
            return pending ? new Range(revision, history.start()) : null;
        }
        return new Range(revision - 1, pending ? history.start() : revision);
    }

    /** Revisions in (from, to]. */
    record Range(long from, long to) {}

    /**
     * What brings a replica from {@code position} to head, whichever is smaller: the entries since, or the blocks that
     * changed since. One with pending work needs entries, to rebase on. One at a position that is not on the log, or that the
     * log does not reach back to, gets all blocks. {@code read} is what {@link #missingFor} asked for, as far as it is there.
     */
    Delivery.CatchUp catchUp(int handle, Position position, boolean pending, View view, List<LoggedEntry> read) {
        long revision = position.revision();
        if ((revision == 0 && !pending) || !isOnLog(position, pending, read)) {
            ConversationState.Snapshot snapshot = state.snapshot(limits.snapshotBlocks(), view);
            return new Delivery.Blocks(0, head(), snapshot.blocks(), state.attributesFor(view), snapshot.olderThan());
        }
        List<Block> changed = state.changedSince(revision, view);
        Delivery.Blocks blocks = new Delivery.Blocks(revision, head(), changed, state.attributesFor(view), 0);
        if (!pending && revision < history.start()) {
            return blocks;
        }
        List<LoggedEntry> entries = new ArrayList<>();
        for (LoggedEntry entry : read) {
            if (revision < entry.revision() && entry.revision() <= history.start()) {
                entries.add(entry);
            }
        }
        entries.addAll(history.since(Math.max(revision, history.start())));
        entries.removeIf(entry -> entry.entry().effectsFor(view).isEmpty());
        return !pending && weightOf(changed) < contentBytes(entries)
                ? blocks
                : new Published(handle, view, revision, head(), List.copyOf(entries));
    }

    /** Older blocks than a snapshot has. */
    Delivery.Page page(int handle, long before, int limit, View view) {
        List<Block> blocks = state.page(Math.min(limit, limits.snapshotBlocks()), before, view);
        long first = blocks.isEmpty() ? 0 : blocks.get(0).revision();
        boolean more = first > 0 && !state.latest(1, first, view).isEmpty();
        return new Delivery.Page(handle, before, blocks, more ? first : 0);
    }

    private boolean isOnLog(Position position, boolean pending, List<LoggedEntry> read) {
        long revision = position.revision();
        if (revision >= history.start()) {
            return revision <= history.head().revision() && history.holds(position);
        }
        if (revision < horizon.revision()) {
            return false;
        }
        boolean known = revision == horizon.revision()
                ? horizon.position().equals(position)
                : !read.isEmpty() && read.get(0).position().equals(position);
        return known && (!pending || continuesToHistory(revision, read));
    }

    private boolean continuesToHistory(long revision, List<LoggedEntry> read) {
        return !read.isEmpty()
                && read.get(0).revision() <= revision + 1
                && read.get(read.size() - 1).revision() >= history.start();
    }

    private static long weightOf(Iterable<Block> blocks) {
        long bytes = 0;
        for (Block block : blocks) {
            bytes += 80 + block.id().length() + block.text().toString().length();
        }
        return bytes;
    }

    private static long contentBytes(List<LoggedEntry> entries) {
        return entries.stream().mapToLong(entry -> entry.content().length).sum();
    }

    /** The last answers of these outboxes of a subject, where there are any. */
    List<OutboxRow> answers(String subject, List<String> outboxNames) {
        List<OutboxRow> rows = new ArrayList<>();
        for (String outbox : outboxNames) {
            OutboxRow row = outboxes.get(new OutboxName(subject, outbox));
            if (row != null) {
                rows.add(row);
            }
        }
        return rows;
    }

    DeliveryMarks marks() {
        return marks;
    }

    private void summarise(Entry entry) {
        boolean shows = entry.effects().stream()
                .anyMatch(effect -> effect instanceof Effect.Set set
                        ? set.target().isEmpty() && !set.advance()
                        : effect.audience() == View.PUBLIC);
        if (!shows) {
            return;
        }
        Block last = lastMessage(entry);
        Text text = last == null ? Text.EMPTY : last.text();
        summary = new ConversationSummary(
                key.conversation(),
                state.attributes().getOrDefault(Attributes.KIND, ConversationSummary.CHAT),
                state.attribute(Attributes.VISITOR),
                state.attribute(Attributes.VISITOR_NAME),
                state.attribute(Attributes.STATE),
                state.attribute(Attributes.ASSIGNEE),
                state.attribute(Attributes.TITLE),
                Attributes.tags(state.attributes()),
                text.slice(0, Math.min(SUMMARY_TEXT_LENGTH_MAX, text.length())).toString(),
                last == null ? entry.author().role() : last.author().role(),
                entry.timeMillis(),
                entry.revision());
        summaryChanged = true;
    }

    /** The latest message; looked for only when the one that was it is gone. */
    private @Nullable Block lastMessage(Entry entry) {
        Block last = state.block(lastMessage);
        for (Effect effect : entry.effects()) {
            Block block = state.block(effect.target());
            if (block != null && isShown(block) && (last == null || block.revision() >= last.revision())) {
                last = block;
            }
        }
        if (last == null || !isShown(last)) {
            last = latestMessage();
        }
        lastMessage = last == null ? "" : last.id();
        return last;
    }

    private static boolean isShown(Block block) {
        return block.kind() == BlockKind.MESSAGE && !block.isMerged() && !block.erased();
    }

    private @Nullable Block latestMessage() {
        return state.blocks().stream()
                .filter(Conversation::isShown)
                .max(Comparator.comparingLong(Block::revision).thenComparing(Block::id))
                .orElse(null);
    }

    boolean hasUnappended() {
        return !unappended.isEmpty() || !unappendedRows.isEmpty();
    }

    /** The entries that a redaction takes text from, as they are without it. */
    private List<LoggedEntry> inPlace(Redaction redaction, List<LoggedEntry> beforeHistory) {
        List<LoggedEntry> all = new ArrayList<>(beforeHistory);
        all.addAll(history.since(history.start()));
        List<LoggedEntry> inPlace = new ArrayList<>();
        for (LoggedEntry logged : all) {
            Entry redacted = redaction.redacted(logged.entry());
            if (!redacted.equals(logged.entry())) {
                inPlace.add(new LoggedEntry(redacted, EntryCodec.encode(redacted), logged.chain()));
            }
        }
        return inPlace;
    }

    /**
     * Puts entries in the place of those with their revisions: here now, in the store with the next append. The text may
     * stand in the snapshot alone; so that it goes from there too, the redaction is put in its own place where there is
     * nothing else.
     */
    private void erase(List<LoggedEntry> inPlace, LoggedEntry redaction) {
        history.forgetHashes();
        for (LoggedEntry entry : inPlace.isEmpty() ? List.of(redaction) : inPlace) {
            history.replace(entry);
            unappendedErasures.put(entry.revision(), new Erasure(entry.revision(), entry.content()));
        }
        redactions++;
    }

    /** The store has what {@link #takeAppend} gave it last. */
    void stored(Append append) {
        history.stored(append.expected().revision() + append.entries().size());
        if (unappendedErasures.isEmpty()) {
            redactionsStored = redactions;
        }
    }

    /** Everything decided since the last call, for the store. */
    Append takeAppend() {
        SnapshotPart snapshot = isSnapshotDue() ? snapshot() : null;
        Append append = new Append(
                key,
                appended,
                List.copyOf(unappended),
                List.copyOf(unappendedRows.values()),
                List.copyOf(expiredRows),
                summaryChanged ? summary : null,
                snapshot,
                List.copyOf(unappendedErasures.values()));
        appended = head();
        unappended.clear();
        unappendedRows.clear();
        expiredRows.clear();
        unappendedErasures.clear();
        summaryChanged = false;
        return append;
    }

    private boolean isSnapshotDue() {
        return !unappendedErasures.isEmpty()
                || history.head().revision() - snapshotRevision >= bounds.snapshotEntries();
    }

    /** What changed since the last one. Blocks are immutable: the store's thread encodes them. */
    private SnapshotPart snapshot() {
        List<SnapshotBlock> changed = state.changedSince(snapshotRevision, View.STAFF).stream()
                .map(block -> new SnapshotBlock(block, state.changedAt(block.id())))
                .toList();
        SnapshotPart part = new SnapshotPart(
                snapshotRevision,
                history.head(),
                state.timeMillis(),
                state.attributes(),
                changed,
                state.blocks().size());
        snapshotRevision = history.head().revision();
        return part;
    }

    /** About what it takes in memory. */
    int weightBytes() {
        long weight = 2_000 + state.weightBytes() + history.weightBytes() + 300L * outboxes.size();
        return (int) Math.min(Integer.MAX_VALUE, weight);
    }
}
