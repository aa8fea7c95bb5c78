package dev.parley.conversation;

import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client's copy of a conversation: the confirmed state, and the submissions of one outbox that wait for their answer,
 * rebased on it. Owned by one thread; it does no I/O, its owner carries submissions and answers.
 *
 * <pre>
 *     confirmed --entry--> confirmed'          own entry: the first pending submission has become part of confirmed
 *         |                    |
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
    private final ConversationState confirmed = new ConversationState();
    private final List<Pending> pending = new ArrayList<>();
    private final Deque<Unsent> unsent = new ArrayDeque<>();
    private Position position = Position.START;
    private long lastSeq;
    private long answeredSeq;
    private boolean inFlight;

    /** {@code contentIds} gives random numbers. */
    public Replica(Author self, String outbox, LongSupplier contentIds) {
        this.self = self;
        this.outbox = outbox;
        this.contentIds = contentIds;
    }

    /** A submission that was answered for good without becoming an entry, kept for its author to see. */
    public record Unsent(SubmissionId id, List<Operation> operations, RejectCode code) {}

    /**
     * A submission waiting for its answer. One whose edit met the publication of its draft is frozen: it is sent as it was
     * before that, to be rejected, and takes no part in what is displayed.
     */
    private record Pending(
            SubmissionId id,
            List<Effect> effects,
            @Nullable Operation command,
            @Nullable Submission frozen,
            long composedAtMillis) {

        Pending withEffects(List<Effect> changed) {
            return new Pending(id, changed, command, frozen, composedAtMillis);
        }

        Submission at(Position base, Author self) {
            return frozen != null ? frozen : new Submission(id, base, operations(self), composedAtMillis);
        }

        List<Operation> operations(Author self) {
            return command != null
                    ? List.of(command)
                    : effects.stream().map(effect -> asked(effect, self)).toList();
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
        Block base = confirmed.block(block);
        Text text = base == null ? null : base.text();
        for (Pending submission : pending) {
            for (Effect effect : submission.effects()) {
                if (effect instanceof Effect.Create create && create.block().equals(block)) {
                    text = Text.of(create.text());
                } else if (effect instanceof Effect.EditText edit
                        && edit.block().equals(block)
                        && text != null) {
                    text = edit.edit().apply(text);
                }
            }
        }
        return text;
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
        pending.add(new Pending(id, effects, isCommand ? first : null, null, composedAtMillis));
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
        return pending.get(0).at(position, self);
    }

    /** The connection broke, or the gateway refused: what was in flight will be sent again, under its number. */
    public void sendAgain() {
        inFlight = false;
    }

    /** Entries up to {@code to}, those that this view sees. */
    public void receive(List<Entry> entries, Position to) {
        List<Pending> before = List.copyOf(pending);
        for (Entry entry : entries) {
            boolean own = !pending.isEmpty()
                    && entry.submission().equals(pending.get(0).id());
            if (own) {
                answered();
            } else {
                rebase(entry, before);
            }
            confirmed.apply(entry);
        }
        position = to;
    }

    /**
     * Blocks as they are at a position: those that changed after {@code since}, or with 0 all there are. Pending edits lost
     * the text they were made on and become unsent, unless their block is itself pending.
     */
    public void receive(long since, Collection<Block> blocks, SortedMap<String, String> attributes, Position at) {
        if (since == 0) {
            confirmed.clear();
        }
        confirmed.replace(at.revision(), blocks, attributes);
        position = at;
        for (int i = 0; i < pending.size(); i++) {
            Pending submission = pending.get(i);
            List<Effect> kept = new ArrayList<>(submission.effects());
            if (kept.removeIf(effect -> effect instanceof Effect.EditText && !isCreatedByPending(effect.target()))) {
                unsent.add(new Unsent(submission.id(), submission.operations(self), RejectCode.CHANGED));
                pending.set(i, submission.withEffects(List.copyOf(kept)));
            }
        }
    }

    /** The gateway's answer that this submission became an entry; the entry itself came before, or inside blocks. */
    public void accepted(SubmissionId id) {
        if (!pending.isEmpty() && pending.get(0).id().equals(id)) {
            answered();
        }
    }

    /** The first pending submission was answered for good: it goes, and what was built on it is moved past its inverse. */
    public void rejected(SubmissionId id, RejectCode code) {
        if (pending.isEmpty() || !pending.get(0).id().equals(id)) {
            return;
        }
        Pending rejected = pending.get(0);
        if (rejected.frozen() == null
                && (rejected.command() != null || !rejected.effects().isEmpty())) {
            takeBack(0, code);
        }
        answered();
    }

    private void answered() {
        answeredSeq = pending.remove(0).id().seq();
        inFlight = false;
    }

    /** Moves the pending submissions past somebody else's entry. {@code before} is how they were at {@link #position}. */
    private void rebase(Entry entry, List<Pending> before) {
        List<Effect> effects = entry.effects();
        for (int i = 0; i < pending.size(); i++) {
            Pending submission = pending.get(i);
            try {
                Transform.Crossed crossed = Transform.cross(
                        submission.effects(),
                        self.role(),
                        effects,
                        entry.author().role());
                pending.set(i, submission.withEffects(crossed.submission()));
                effects = crossed.entry();
            } catch (RejectedException conflict) {
                takeBack(i, conflict.code());
                Submission asItWas = before.stream()
                        .filter(old -> old.id().equals(submission.id()))
                        .findFirst()
                        .orElseThrow()
                        .at(position, self);
                pending.set(i, new Pending(submission.id(), List.of(), null, asItWas, submission.composedAtMillis()));
            }
        }
    }

    /** Makes a pending submission unsent and takes its effects out of what is displayed. */
    private void takeBack(int index, RejectCode code) {
        Pending gone = pending.get(index);
        unsent.add(new Unsent(gone.id(), gone.operations(self), code));
        List<Effect> inverse = inverse(index);
        pending.set(index, gone.withEffects(List.of()));
        for (int i = index + 1; i < pending.size(); i++) {
            Pending later = pending.get(i);
            List<Effect> kept = new ArrayList<>(later.effects());
            boolean orphaned = kept.removeIf(effect -> gone.effects().stream()
                    .anyMatch(lost ->
                            lost instanceof Effect.Create && lost.target().equals(effect.target())));
            if (orphaned) {
                unsent.add(new Unsent(later.id(), later.operations(self), code));
            }
            try {
                Transform.Crossed crossed = Transform.cross(kept, self.role(), inverse, self.role());
                pending.set(i, later.withEffects(crossed.submission()));
                inverse = crossed.entry();
            } catch (RejectedException e) {
                throw new IllegalStateException("an inverse has edits only", e);
            }
        }
    }

    /** What undoes the edits of a pending submission where it stands. */
    private List<Effect> inverse(int index) {
        List<Effect> inverse = new ArrayList<>();
        ConversationState.Trial trial =
                confirmed.trial(new Entry(position.revision(), self, 0, SubmissionId.NONE, "", List.of(), 0));
        try {
            for (Pending earlier : pending.subList(0, index)) {
                for (Effect effect : earlier.effects()) {
                    trial.apply(effect);
                }
            }
            for (Effect effect : pending.get(index).effects()) {
                Block block = trial.block(effect.target());
                if (effect instanceof Effect.EditText edit && block != null) {
                    inverse.add(
                            0,
                            new Effect.EditText(
                                    edit.block(),
                                    edit.baseLength() + edit.edit().growth(),
                                    edit.edit().invert(block.text()),
                                    edit.audience()));
                }
                trial.apply(effect);
            }
        } catch (RejectedException e) {
            throw new IllegalStateException("pending effects no longer fit what they were made on", e);
        }
        return inverse;
    }

    private boolean isCreatedByPending(String block) {
        return pending.stream()
                .flatMap(submission -> submission.effects().stream())
                .anyMatch(effect ->
                        effect instanceof Effect.Create && effect.target().equals(block));
    }

    private static Operation asked(Effect effect, Author self) {
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
        }
        throw new IllegalArgumentException("never pending: " + effect);
    }
}
