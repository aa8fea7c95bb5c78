package dev.parley.gateway.shard;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationState;
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
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Policy.Asker;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Delivery.Refusal;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.Snapshot;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.SnapshotPart;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.wire.EntryCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A loaded conversation: its state at head, its recent history, the last answer of each outbox. Owned by one shard and
 * touched on its loop alone; {@link #receive} is the one place that decides order, and this page reads in that order.
 *
 * <h2>How a submission becomes an entry</h2>
 *
 * <p><b>Dedupe.</b> What was answered gets the same answer again: {@link OutboxRows}.
 *
 * <p><b>Transform.</b> The operations were made on the text at the submission's base. They are moved, as the effects they
 * would have, past every later entry that edited the same blocks, crossed pairwise; entry by entry and never composed,
 * since with the incoming edit on the left of ties a composed history can give another result.
 *
 * <p><b>Permit.</b> Only now, on what will really happen, against the state at head and the author's role: {@link
 * Permission}.
 *
 * <p><b>Apply, append.</b> Effects are tried one on top of the other and committed together: all or nothing. The entry
 * joins history and the batch that the shard hands to the store.
 *
 * <p>What is decided here is not yet true: the shard keeps every answer until the head it was decided on is durable. If
 * another node was first, all that is not durable is {@linkplain #takeBack taken back}, what the other wrote is followed, and
 * the submissions run again from their original base. If the store has another log than this one, this object is thrown
 * away and they run on a fresh one.
 */
class Conversation {
    /** Everybody who reads has one. */
    private static final int ATTRIBUTES_MAX = 2_048;

    private static final String REDACT = Operation.Redact.class.getSimpleName();

    private final ConversationKey key;
    private final Policy policy;
    private final Limits limits;
    private final ShardLimits bounds;
    private final ConversationState state = new ConversationState(View.STAFF);
    private final History history;
    private final OutboxRows outboxes;
    private final Erasures erasures;
    private final InboxSummary summary;
    private final Resumption resumption;
    private final DeliveryMarks marks = new DeliveryMarks();
    private final HashBeat hashBeat;

    private final List<LoggedEntry> unappended = new ArrayList<>();
    private final Deque<Undurable> undurable = new ArrayDeque<>();
    private Position appended;
    private Chain end;
    private long snapshotRevision;
    private long snapshotRevisionStored;
    private boolean snapshotIsLatest = true;

    Conversation(ConversationKey key, StoredConversation stored, Policy policy, Limits limits, ShardLimits bounds) {
        this.key = key;
        this.policy = policy;
        this.limits = limits;
        this.bounds = bounds;
        history = new History(stored.start(), bounds.historyEntries());
        outboxes = new OutboxRows(limits.outboxesPerConversationMax());
        erasures = new Erasures(history);
        hashBeat = new HashBeat(limits.snapshotBlocks());
        restore(stored);
        summary = new InboxSummary(key.conversation(), state);
        resumption = new Resumption(state, history, stored.horizon(), limits.snapshotBlocks());
        end = history.head();
        appended = end.position();
    }

    private void restore(StoredConversation stored) {
        Snapshot snapshot = stored.snapshot();
        if (snapshot != null) {
            snapshot.blocks().forEach(block -> state.restore(block.block(), block.changedAt()));
            state.restore(snapshot.chain().revision(), snapshot.timeMillis(), snapshot.attributes());
            marks.restore(state.blocks());
            snapshotRevision = snapshot.chain().revision();
            snapshotRevisionStored = snapshotRevision;
        }
        for (LoggedEntry entry : stored.entries()) {
            state.apply(entry.entry());
            history.append(entry);
            marks.append(entry.entry());
            hashBeat.restore(entry.entry());
        }
        history.stored(stored.end().revision());
        stored.outboxRows().forEach(outboxes::restore);
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
     * Rejects what would not follow {@code expectedRevision}. {@code redacted} are the entries that are not in memory of which
     * the submission's {@link #redaction} takes something.
     */
    Decision receive(
            Submission submission, Author author, long nowMillis, long expectedRevision, List<LoggedEntry> redacted) {
        SubmissionId id = submission.id();
        Answer known = dedupe(id, author, nowMillis);
        if (known != null) {
            return new Decision.Answered(known);
        }
        try {
            if (isNew()) {
                throw new RefusedException(Refusal.FOREIGN_POSITION);
            }
            if (expectedRevision != Command.Submit.ANY_REVISION
                    && expectedRevision != history.head().revision()) {
                throw new RejectedException(RejectCode.CHANGED);
            }
            Shape.check(submission.origin(), limits);
            Permission permission = permission(author, nowMillis);
            Operation.Command command = command(submission);
            List<Effect> effects =
                    command == null ? transform(submission, author) : stamp(command, submission, permission);
            List<LoggedEntry> inPlace = command instanceof Operation.Redact redact
                    ? erasures.of(Redaction.of(redact.block(), state), redacted)
                    : List.of();
            LoggedEntry entry = append(permitAndApply(effects, submission, permission));
            if (command instanceof Operation.Redact) {
                erasures.add(inPlace, entry);
            }
            outboxes.accepted(entry.entry());
            return new Decision.Logged(entry);
        } catch (RejectedException e) {
            outboxes.rejected(id, author, nowMillis, e.code());
            return new Decision.Rejected(new Answer.Rejected(e.code(), id.contentId()));
        } catch (RefusedException e) {
            return new Decision.Answered(new Answer.Refused(e.refusal(), 0));
        }
    }

    /** The answer if this is not the outbox's next submission, else null. */
    @Nullable Answer dedupe(SubmissionId id, Author author, long nowMillis) {
        return outboxes.dedupe(id, author, nowMillis);
    }

    private Permission permission(Author author, long nowMillis) {
        return new Permission(policy, new Asker(key.tenant(), author, state, nowMillis));
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

    private void requireOwn(String outbox, Author author) throws RejectedException {
        if (outboxes.isForeign(outbox, author)) {
            throw new RejectedException(RejectCode.FOREIGN_ID);
        }
    }

    private List<Effect> transform(Submission submission, Author author) throws RejectedException, RefusedException {
        List<Effect> moved = checked(submission, author);
        Position base = submission.base();
        requireOnLog(base);
        requireSeen(moved, base, author);
        LoggedEntry earlier = history.nextEdit(base.revision(), moved);
        while (earlier != null) {
            Entry entry = earlier.entry();
            moved = past(moved, author.role(), entry);
            earlier = history.nextEdit(earlier.revision(), moved);
        }
        for (Effect effect : moved) {
            if (effect instanceof Effect.PlaceAnchor) {
                requireAnchored(submission);
                break;
            }
        }
        return moved;
    }

    /** An anchor is in the text that its author saw: at the base, and with what the same submission did to it before. */
    private void requireAnchored(Submission submission) throws RejectedException {
        Map<String, Integer> lengths = new HashMap<>();
        for (Operation operation : submission.operations()) {
            if (operation instanceof Operation.CreateBlock create) {
                lengths.put(
                        create.block(),
                        create.text().codePointCount(0, create.text().length()));
            } else if (operation instanceof Operation.EditText edit) {
                lengths.put(edit.block(), edit.baseLength() + edit.edit().growth());
            } else if (operation instanceof Operation.PlaceAnchor anchor) {
                Integer own = lengths.get(anchor.block());
                int length = own == null ? lengthAt(submission.base(), anchor.block()) : own;
                if (length != anchor.baseLength()) {
                    throw new RejectedException(RejectCode.LENGTH_MISMATCH);
                }
            }
        }
    }

    private int lengthAt(Position base, String id) throws RejectedException {
        int length = history.lengthAt(base.revision(), id);
        Block block = state.block(id);
        if (length >= 0) {
            return length;
        } else if (block == null) {
            throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
        } else if (block.isMerged()) {
            throw new RejectedException(RejectCode.BLOCK_MERGED);
        }
        return block.text().length();
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
        return Transform.past(
                submission, author, entry.effects(), entry.author().role());
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
    private List<Effect> stamp(Operation.Command command, Submission submission, Permission permission)
            throws RejectedException, RefusedException {
        Shape.check(command, submission.id().outbox(), limits);
        if (command instanceof Operation.PublishDraft) {
            requireOnLog(submission.base());
        }
        Author author = permission.asker().author();
        Block block = state.block(command.block());
        if (command instanceof Operation.StartRun && block == null) {
            requireOwn(submission.id().outbox(), author);
            if (!command.block().startsWith(submission.id().outbox() + ".")) {
                throw new RejectedException(RejectCode.FOREIGN_ID);
            }
        } else if (!command.block().isEmpty()) {
            block = permission.visible(block);
        }
        @Nullable Block into =
                command instanceof Operation.MergeBlocks merge ? permission.visible(state.block(merge.into())) : null;
        long base = submission.base().revision();
        Stamp stamp = new Stamp(
                state,
                (edited, matches) -> history.editedSince(base, edited, earlier -> matches.test(earlier.entry())));
        List<Effect> effects = stamp.effects(command, author);
        permission.require(command, block);
        if (into != null) {
            permission.require(command, into);
        }
        if (command instanceof Operation.AcceptSuggestion) {
            permission.requireEdits(effects);
        }
        return effects;
    }

    /** Tries the effects at head, each permitted where it stands, and commits them as the next entry. */
    private Entry permitAndApply(List<Effect> effects, Submission submission, Permission permission)
            throws RejectedException {
        Operation.Command command = command(submission);
        Author author = permission.asker().author();
        Entry header = new Entry(
                history.head().revision() + 1,
                author,
                Math.max(state.timeMillis(), permission.asker().nowMillis()),
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
                permission.require(effect, before, trial);
            }
            Effect permitted = effect.withAudience(Permission.audience(effect, before));
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
        if (trial.attributes().size() > ATTRIBUTES_MAX) {
            throw new RejectedException(RejectCode.TOO_LARGE);
        }
        if (reopens(stamped, author)) {
            Effect reopened = new Effect.Set("", Attributes.STATE, Attributes.OPEN, false, View.PUBLIC);
            trial.apply(reopened);
            stamped.add(reopened);
        }
        changed(state.commit(trial));
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

    private void requireSize(@Nullable Block block) throws RejectedException {
        if (block != null
                && (block.text().length() > limits.textLengthMax()
                        || block.attributes().size() > limits.attributesPerBlockMax())) {
            throw new RejectedException(RejectCode.TOO_LARGE);
        }
    }

    /** What an entry changed that the store may not have yet. */
    private record Undurable(ConversationState.Undo state, long publicRevisionBefore) {}

    /** By an entry that joins what is not durable. */
    private void changed(ConversationState.Undo undo) {
        undurable.add(new Undurable(undo, hashBeat.publicRevision()));
    }

    private LoggedEntry append(Entry entry) {
        LoggedEntry logged = join(LoggedEntry.after(history.head(), entry, EntryCodec.encode(entry)));
        unappended.add(logged);
        return logged;
    }

    /** The state is that after the entry. */
    private LoggedEntry join(LoggedEntry entry) {
        LoggedEntry hashed = entry.withHashes(hashBeat.after(entry.entry(), state));
        history.append(hashed);
        marks.append(entry.entry());
        summary.append(entry.entry());
        return hashed;
    }

    /**
     * Whether entries of another node can be added to what is in memory. A redaction replaced others of the log, and those
     * may be here.
     */
    static boolean canFollow(List<LoggedEntry> entries) {
        return entries.stream().noneMatch(entry -> entry.entry().command().equals(REDACT));
    }

    /** Adds the entries that another node appended after head; only where all that was decided here is in the store. */
    List<LoggedEntry> follow(List<LoggedEntry> entries) {
        List<LoggedEntry> followed = new ArrayList<>(entries.size());
        for (LoggedEntry entry : entries) {
            state.apply(entry.entry());
            followed.add(join(entry));
            outboxes.follow(entry.entry());
        }
        summary.takeUnstored();
        snapshotIsLatest = false;
        end = history.head();
        appended = end.position();
        history.stored(end.revision());
        return followed;
    }

    /** What is known here to have been stored, in case that the store has it no longer. */
    Reoffer known() {
        List<LoggedEntry> stored = history.since(history.start()).stream()
                .filter(entry -> entry.revision() <= end.revision())
                .toList();
        return new Reoffer(history.startChain(), stored, outboxes.stored());
    }

    /** Adds entries that the store lost as they are, and with them the answers that it lost, to what it gets next. */
    void reoffer(List<LoggedEntry> lost, List<OutboxRow> rows) {
        for (LoggedEntry entry : lost) {
            changed(state.apply(entry.entry()));
            unappended.add(join(entry));
            outboxes.reoffer(entry.entry());
        }
        rows.forEach(outboxes::reoffer);
    }

    /** What the store has of the outboxes, in case that another node answered. */
    void learn(List<OutboxRow> stored) {
        outboxes.learn(stored);
    }

    /** Writes the first entry. Only where {@link #isNew}. */
    LoggedEntry create(Author author, String kind, String name, long nowMillis) {
        Entry entry = FirstEntry.of(author, kind, name, nowMillis);
        changed(state.apply(entry));
        return append(entry);
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

    Chain headChain() {
        return history.head();
    }

    /** Whether this is a point of the log as it is in memory. */
    boolean holds(Chain chain) {
        return history.start() <= chain.revision() && !resumption.isForeign(chain.position());
    }

    /** Up to where the store is known to have it. */
    Chain end() {
        return end;
    }

    /** From where on all entries are in memory. */
    Chain historyStart() {
        return history.startChain();
    }

    /** Whether what is in memory goes on from {@code chain}, as far as that can be said. */
    boolean isContinuing(Chain chain) {
        return chain.revision() < history.start() || holds(chain);
    }

    Resumption resumption() {
        return resumption;
    }

    /** The last answers of these outboxes of a subject, where there are any. */
    List<OutboxRow> answers(String subject, List<String> outboxNames) {
        return outboxes.of(subject, outboxNames);
    }

    List<OutboxRow> answers(String subject) {
        return outboxes.of(subject);
    }

    DeliveryMarks marks() {
        return marks;
    }

    /** What the submission takes out of the log if it is accepted, and null if it takes nothing or will not be. */
    @Nullable Redaction redaction(Submission submission, Author author, long nowMillis) {
        if (!(command(submission) instanceof Operation.Redact redact)
                || dedupe(submission.id(), author, nowMillis) != null) {
            return null;
        }
        Block block = state.block(redact.block());
        if (block == null || !author.role().view().sees(block.audience()) || block.isMerged() || block.erased()) {
            return null;
        }
        return policy.may(permission(author, nowMillis).asker(), redact, block)
                ? Redaction.of(block.id(), state)
                : null;
    }

    /** Whether entries were replaced here and not yet in the store, which must not be read for the next redaction then. */
    boolean isErasing() {
        return erasures.isUnderWay();
    }

    /** How many there were since it was loaded. What was read of the log before the last one is not what it is now. */
    int redactions() {
        return erasures.count();
    }

    boolean hasUnappended() {
        return !unappended.isEmpty() || outboxes.hasUnstored();
    }

    /** Everything decided since the last call, for the store. */
    Append takeAppend() {
        SnapshotPart snapshot = isSnapshotDue() ? snapshot() : null;
        Append append = new Append(
                key,
                appended,
                List.copyOf(unappended),
                outboxes.takeUnstored(),
                outboxes.takeExpired(),
                summary.takeUnstored(),
                snapshot,
                erasures.takeUnstored());
        appended = head();
        unappended.clear();
        return append;
    }

    /** The store has what {@link #takeAppend} gave it last. */
    void stored(Append append) {
        List<LoggedEntry> entries = append.entries();
        end = entries.isEmpty() ? end : entries.get(entries.size() - 1).chain();
        for (int i = 0; i < entries.size(); i++) {
            undurable.remove();
        }
        outboxes.stored(append.outboxRows(), append.expiredRows());
        SnapshotPart snapshot = append.snapshot();
        snapshotRevisionStored =
                snapshot == null ? snapshotRevisionStored : snapshot.chain().revision();
        history.stored(append.expected().revision() + append.entries().size());
        erasures.stored();
    }

    /** Whether {@link #takeBack} can: the text that a redaction took is nowhere any more. */
    boolean canTakeBack() {
        return !erasures.isUnderWay();
    }

    /** Makes it again what the store is known to have had. */
    void takeBack() {
        while (!undurable.isEmpty()) {
            Undurable last = undurable.removeLast();
            state.undo(last.state());
            hashBeat.takeBack(last.publicRevisionBefore());
        }
        history.takeBack(end.revision());
        marks.takeBack(end.revision());
        outboxes.takeBack();
        summary.takeBack();
        unappended.clear();
        appended = end.position();
        snapshotRevision = snapshotRevisionStored;
        snapshotIsLatest = false;
    }

    /** Only with entries: so whoever still builds on the one before meets another position. */
    private boolean isSnapshotDue() {
        return !unappended.isEmpty()
                && (erasures.hasUnstored() || history.head().revision() - snapshotRevision >= bounds.snapshotEntries());
    }

    /**
     * What changed since the last one, or all where another node may have written one meanwhile. Blocks are immutable: the
     * store's thread encodes them.
     */
    private SnapshotPart snapshot() {
        long since = snapshotIsLatest ? snapshotRevision : 0;
        List<SnapshotBlock> changed = state.changedSince(since, View.STAFF).stream()
                .map(block -> new SnapshotBlock(block, state.changedAt(block.id())))
                .toList();
        SnapshotPart part = new SnapshotPart(
                since,
                history.head(),
                state.timeMillis(),
                state.attributes(),
                changed,
                state.blocks().size(),
                outboxes.acceptedSince(since));
        snapshotRevision = history.head().revision();
        snapshotIsLatest = true;
        return part;
    }

    /** About what it takes in memory. */
    int weightBytes() {
        long weight = 2_000 + state.weightBytes() + history.weightBytes() + outboxes.weightBytes();
        return (int) Math.min(Integer.MAX_VALUE, weight);
    }
}
