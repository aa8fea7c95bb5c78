package dev.parley.conversation;

import dev.parley.ot.ShortestEdit;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client's copy of a conversation: the confirmed state, and the submissions of one outbox that wait for their answer,
 * rebased on it. Owned by one thread; it does no I/O, its owner carries submissions and answers.
 *
 * <pre>
 *     confirmed --entry--> confirmed'          own entry: the first pending submission has become part of confirmed;
 *         |                    |                  what it had not shown moves the others as anybody's would
 *      pending   crossed    pending'           anybody else's: it moves past the pending ones, and they past it
 *         |                    |
 *     displayed -entry'--> displayed'
 * </pre>
 *
 * One submission is in flight at a time and keeps its number however often it is sent; convergence rests on the log alone.
 */
public final class Replica {
    private final Author self;
    private final String outbox;
    private final LongSupplier contentIds;
    private final ConversationState confirmed;
    private final List<Pending> pending = new ArrayList<>();
    private final Deque<Unsent> unsent = new ArrayDeque<>();
    private Position position = Position.START;
    /** Of a submission that is inside of the blocks to come: what is pending was made on it. */
    private List<Effect> acceptedUnseen = List.of();

    private long lastSeq;
    private long answeredSeq;
    private boolean inFlight;

    /** {@code contentIds} gives random numbers. */
    public Replica(Author self, String outbox, LongSupplier contentIds) {
        this.self = self;
        this.confirmed = new ConversationState(self.role().view());
        this.outbox = outbox;
        this.contentIds = contentIds;
    }

    /** A submission that was answered for good without becoming an entry, kept for its author to see. */
    public record Unsent(SubmissionId id, List<Operation> operations, RejectCode code) {}

    /**
     * A submission waiting for its answer. One that lost all its effects, because they can no longer be meant, is sent all
     * the same: without operations, to be rejected, since its number has to be used.
     */
    private record Pending(
            SubmissionId id, List<Effect> effects, @Nullable Operation command, long composedAtMillis) {

        Pending withEffects(List<Effect> changed) {
            return new Pending(id, changed, command, composedAtMillis);
        }
    }

    public String outbox() {
        return outbox;
    }

    /** What the gateway has confirmed, without the pending submissions. */
    public ConversationState confirmed() {
        return confirmed;
    }

    public Position position() {
        return position;
    }

    public long answeredSeq() {
        return answeredSeq;
    }

    public int pendingCount() {
        return pending.size();
    }

    public Collection<Unsent> unsent() {
        return unsent;
    }

    /** The text of a block as its author sees it, with what is pending; null if there is no such block. */
    public @Nullable Text text(String block) {
        return textBefore(pending.size(), block);
    }

    /** With the pending submissions before this one only. */
    private @Nullable Text textBefore(int index, String block) {
        Block base = confirmed.block(block);
        Text text = base == null ? null : base.text();
        for (Pending submission : pending.subList(0, index)) {
            for (Effect effect : submission.effects()) {
                if (effect.target().equals(block)) {
                    text = after(text, effect);
                }
            }
        }
        return text;
    }

    private static @Nullable Text after(@Nullable Text text, Effect effect) {
        if (effect instanceof Effect.Create create) {
            return Text.of(create.text());
        }
        return effect instanceof Effect.EditText edit && text != null
                ? edit.edit().apply(text)
                : text;
    }

    /** The id for the next block to create. */
    public String nextBlockId() {
        return outbox + "." + (lastSeq + 1);
    }

    /** Makes a submission of operations on what is displayed now. */
    public SubmissionId submit(List<Operation> operations, long composedAtMillis) {
        SubmissionId id = new SubmissionId(outbox, ++lastSeq, contentIds.getAsLong());
        Operation first = operations.get(0);
        boolean isCommand = first.isCommand() || first instanceof Operation.Invalid;
        List<Effect> effects = isCommand
                ? List.of()
                : operations.stream().map(operation -> operation.effect(self)).toList();
        pending.add(new Pending(id, effects, isCommand ? first : null, composedAtMillis));
        return id;
    }

    /** Edits a block on top of what is displayed. */
    public SubmissionId edit(String block, TextEdit edit) {
        Text text = text(block);
        if (text == null) {
            throw new IllegalArgumentException("no block " + block);
        }
        return submit(List.of(new Operation.EditText(block, text.length(), edit)), 0);
    }

    /** The submission to send now, if one waits and none is in flight; it is in flight from here on. */
    public @Nullable Submission takeNext() {
        if (inFlight || pending.isEmpty()) {
            return null;
        }
        inFlight = true;
        Pending first = pending.get(0);
        return new Submission(first.id(), position, operations(0), first.composedAtMillis());
    }

    /** The connection broke, or the gateway refused: what was in flight will be sent again, under its number. */
    public void sendAgain() {
        inFlight = false;
    }

    /** Entries up to {@code to}, those that this view sees. */
    public void receive(List<Entry> entries, Position to) {
        for (Entry entry : entries) {
            if (!pending.isEmpty() && entry.submission().equals(pending.get(0).id())) {
                Pending own = pending.get(0);
                answered();
                rebase(entry.withEffects(unshown(own, entry)));
            } else {
                rebase(entry);
            }
            confirmed.apply(entry);
        }
        position = to;
    }

    /**
     * Blocks as they are at a position: those that changed after {@code since}, or with 0 all there are. What was typed into
     * an own draft is merged with what became of it meanwhile. Other pending edits and anchors lost the text they were made
     * on and become unsent, unless it is still the same or their block is itself pending. If the first pending
     * submission was answered meanwhile, {@link #accepted} or {@link #rejected} comes before this: its effects may be in the
     * blocks. Of those that stand before {@code olderThan} only some are told; 0: all that this replica lacks.
     */
    public void receive(
            long since, Collection<Block> blocks, SortedMap<String, String> attributes, Position at, long olderThan) {
        Map<String, Block> before = new HashMap<>();
        confirmed.blocks().forEach(block -> before.put(block.id(), block));
        if (since == 0) {
            confirmed.clear();
        }
        confirmed.replace(at.revision(), blocks, attributes, olderThan);
        position = at;
        Set<String> kept = mergeDrafts(before.values());
        before.values().stream().filter(this::isAsItWas).map(Block::id).forEach(kept::add);
        acceptedUnseen = List.of();
        for (int i = 0; i < pending.size(); i++) {
            lose(
                    i,
                    effect ->
                            isOnText(effect) && !kept.contains(effect.target()) && !isCreatedByPending(effect.target()),
                    RejectCode.CHANGED);
        }
    }

    /** Moves what is pending past what became of own drafts, and tells which those are. */
    private Set<String> mergeDrafts(Collection<Block> before) {
        Set<String> merged = new HashSet<>();
        List<Effect> theirs = new ArrayList<>();
        for (Block draft : before) {
            Block now = confirmed.block(draft.id());
            if (isOwnDraft(draft) && now != null && isOwnDraft(now) && isEditable(now)) {
                Text base = withUnseen(draft);
                TextEdit edit = ShortestEdit.between(base, now.text());
                theirs.add(new Effect.EditText(draft.id(), base.length(), edit, draft.audience()));
                merged.add(draft.id());
            }
        }
        List<Effect> rest = theirs;
        for (int i = 0; i < pending.size(); i++) {
            try {
                Transform.Crossed crossed = Transform.cross(pending.get(i).effects(), self.role(), rest, self.role());
                pending.set(i, pending.get(i).withEffects(crossed.submission()));
                rest = crossed.entry();
            } catch (RejectedException e) {
                throw new IllegalStateException("a draft is not what was typed into: " + e.code(), e);
            }
        }
        return merged;
    }

    private boolean isOwnDraft(Block block) {
        return block.kind() == BlockKind.DRAFT && block.author().subject().equals(self.subject());
    }

    private static boolean isEditable(Block block) {
        return !block.isMerged() && !block.erased();
    }

    private boolean isAsItWas(Block before) {
        Block now = confirmed.block(before.id());
        return now != null
                && isEditable(before)
                && isEditable(now)
                && now.kind() == before.kind()
                && now.text().equals(withUnseen(before));
    }

    private Text withUnseen(Block block) {
        Text text = block.text();
        for (Effect effect : acceptedUnseen) {
            if (effect instanceof Effect.EditText edit && edit.block().equals(block.id())) {
                text = edit.edit().apply(text);
            }
        }
        return text;
    }

    /** A page of older blocks as they are at this position; those that stand before {@code olderThan} are still to come. */
    public void addOlder(Collection<Block> blocks, long olderThan) {
        confirmed.add(blocks, olderThan);
    }

    /**
     * Whether the entry moves text between a block that is here and one that was not read yet, so that it cannot be
     * received: whoever owns this starts anew from blocks.
     */
    public boolean lacksHalfOf(Entry entry) {
        return confirmed.olderThan() > 0
                && entry.effects().stream()
                        .anyMatch(effect -> effect instanceof Effect.Retarget merge
                                && (confirmed.block(merge.block()) == null) != (confirmed.block(merge.into()) == null));
    }

    /**
     * What was not displayed of an own entry: all of a command's, and edits that had been given up as lost when the gateway
     * already had them. Those are unsent no longer.
     */
    private List<Effect> unshown(Pending own, Entry entry) {
        if (own.command() != null) {
            return entry.effects();
        }
        List<Effect> found = entry.effects().stream()
                .filter(effect -> isOnText(effect)
                        && own.effects().stream()
                                .noneMatch(kept -> kept.target().equals(effect.target())
                                        && (isOnText(kept) || kept instanceof Effect.Create)))
                .toList();
        if (!found.isEmpty()) {
            unsent.removeIf(lost -> lost.id().equals(own.id()));
        }
        return found;
    }

    private static boolean isOnText(Effect effect) {
        return effect instanceof Effect.EditText || effect instanceof Effect.PlaceAnchor;
    }

    /** The gateway's answer that this submission became an entry. The entry came before it, or blocks come after it. */
    public void accepted(SubmissionId id) {
        if (!pending.isEmpty() && pending.get(0).id().equals(id)) {
            acceptedUnseen = pending.get(0).effects();
            answered();
        }
    }

    /** The first pending submission was answered for good: it goes, and what was built on it is moved past its inverse. */
    public void rejected(SubmissionId id, RejectCode code) {
        if (pending.isEmpty() || !pending.get(0).id().equals(id)) {
            return;
        }
        Pending rejected = pending.get(0);
        if (rejected.command() != null || !rejected.effects().isEmpty()) {
            takeBack(0, code);
        }
        answered();
    }

    private void answered() {
        answeredSeq = pending.remove(0).id().seq();
        inFlight = false;
    }

    /** Moves the pending submissions past somebody else's entry. */
    private void rebase(Entry entry) {
        List<Pending> moved = new ArrayList<>(pending.size());
        List<Effect> effects = entry.effects();
        for (Pending submission : pending) {
            try {
                Transform.Crossed crossed = Transform.cross(
                        submission.effects(),
                        self.role(),
                        effects,
                        entry.author().role());
                moved.add(submission.withEffects(crossed.submission()));
                effects = crossed.entry();
            } catch (RejectedException conflict) {
                takeBack(moved.size(), conflict.code());
                rebase(entry);
                return;
            }
        }
        pending.clear();
        pending.addAll(moved);
    }

    /** Makes a pending submission unsent and takes its effects out of what is displayed. */
    private void takeBack(int index, RejectCode code) {
        Pending gone = pending.get(index);
        unsent.add(new Unsent(gone.id(), operations(index), code));
        List<Effect> inverse = inverse(index);
        pending.set(index, gone.withEffects(List.of()));
        for (int i = index + 1; i < pending.size(); i++) {
            lose(i, effect -> creates(gone, effect.target()), code);
            try {
                Pending later = pending.get(i);
                Transform.Crossed crossed = Transform.cross(later.effects(), self.role(), inverse, self.role());
                pending.set(i, later.withEffects(crossed.submission()));
                inverse = crossed.entry();
            } catch (RejectedException e) {
                throw new IllegalStateException("pending effects do not fit each other: " + e.code(), e);
            }
        }
    }

    /** What undoes the edits of a pending submission where it stands. */
    private List<Effect> inverse(int index) {
        List<Effect> inverse = new ArrayList<>();
        Map<String, Text> texts = new HashMap<>();
        for (Effect effect : pending.get(index).effects()) {
            String block = effect.target();
            Text text = texts.containsKey(block) ? texts.get(block) : textBefore(index, block);
            if (effect instanceof Effect.EditText edit && text != null) {
                int lengthAfter = edit.baseLength() + edit.edit().growth();
                inverse.add(
                        0, new Effect.EditText(block, lengthAfter, edit.edit().invert(text), edit.audience()));
            }
            Text after = after(text, effect);
            if (after != null) {
                texts.put(block, after);
            }
        }
        return inverse;
    }

    /** Takes effects out of a pending submission that can no longer be meant, without touching the others. */
    private void lose(int index, Predicate<Effect> isLost, RejectCode code) {
        Pending submission = pending.get(index);
        List<Effect> lost = submission.effects().stream().filter(isLost).toList();
        if (!lost.isEmpty()) {
            unsent.add(new Unsent(submission.id(), asked(lost, index), code));
            pending.set(
                    index,
                    submission.withEffects(submission.effects().stream()
                            .filter(isLost.negate())
                            .toList()));
        }
    }

    private boolean isCreatedByPending(String block) {
        return pending.stream().anyMatch(submission -> creates(submission, block));
    }

    private static boolean creates(Pending submission, String block) {
        return submission.effects().stream()
                .anyMatch(effect ->
                        effect instanceof Effect.Create && effect.target().equals(block));
    }

    private List<Operation> operations(int index) {
        Pending submission = pending.get(index);
        return submission.command() != null ? List.of(submission.command()) : asked(submission.effects(), index);
    }

    private List<Operation> asked(List<Effect> effects, int index) {
        return effects.stream().map(effect -> asked(effect, index)).toList();
    }

    private Operation asked(Effect effect, int index) {
        if (effect instanceof Effect.Create create) {
            return new Operation.CreateBlock(
                    create.block(), create.kind(), create.audience(), create.text(), create.attributes());
        } else if (effect instanceof Effect.EditText edit) {
            return new Operation.EditText(edit.block(), edit.baseLength(), edit.edit());
        } else if (effect instanceof Effect.Set set) {
            return set.advance()
                    ? new Operation.Advance(
                            set.key()
                                    .substring(
                                            0,
                                            set.key().length() - self.subject().length() - 1),
                            Long.parseLong(set.value()))
                    : new Operation.SetAttribute(set.target(), set.key(), set.value());
        } else if (effect instanceof Effect.Move move) {
            return new Operation.MoveBlock(move.block(), move.rank());
        } else if (effect instanceof Effect.PlaceAnchor anchor) {
            return new Operation.PlaceAnchor(
                    anchor.block(), lengthFor(anchor, index), anchor.name(), anchor.start(), anchor.end());
        }
        throw new IllegalArgumentException("never pending: " + effect);
    }

    /** How long the text is that an anchor of this pending submission is in: edits before it tell, or the block. */
    private int lengthFor(Effect.PlaceAnchor anchor, int index) {
        Block block = confirmed.block(anchor.block());
        int length = block == null ? 0 : block.text().length();
        for (Pending submission : pending.subList(0, index + 1)) {
            for (Effect effect : submission.effects()) {
                if (effect.equals(anchor)) {
                    return length;
                } else if (effect instanceof Effect.Create create
                        && create.block().equals(anchor.block())) {
                    length = create.text().codePointCount(0, create.text().length());
                } else if (effect instanceof Effect.EditText edit
                        && edit.block().equals(anchor.block())) {
                    length = edit.baseLength() + edit.edit().growth();
                }
            }
        }
        return length;
    }
}
