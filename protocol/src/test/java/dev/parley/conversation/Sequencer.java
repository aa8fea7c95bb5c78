package dev.parley.conversation;

import dev.parley.ot.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one log of a conversation, deciding order as the gateway does: dedupe, transform, permit, apply, append. In memory,
 * on the test's thread. A block with the attribute {@code locked} may not be edited, which is all its policy.
 */
final class Sequencer {
    private final ConversationState state = new ConversationState(View.STAFF);
    private final List<Logged> log = new ArrayList<>();
    private final Map<String, Row> outboxes = new HashMap<>();
    private final int historyMax;
    private long nowMillis = 1_000;

    /** A base more than {@code historyMax} entries back is refused. */
    Sequencer(int historyMax) {
        this.historyMax = historyMax;
    }

    /** An entry and the position it leads to. */
    record Logged(Entry entry, Position position) {}

    sealed interface Answer {
        record Accepted(long revision) implements Answer {}

        record Rejected(RejectCode code) implements Answer {}

        record Refused(Refusal refusal) implements Answer {}

        record Fault(OutboxFault fault) implements Answer {}
    }

    enum Refusal {
        BEHIND,
        FOREIGN_POSITION
    }

    enum OutboxFault {
        ALREADY_DONE,
        OUTBOX_RESET,
        FORKED
    }

    /** What was answered to which submission. */
    record Answered(SubmissionId id, Answer answer) {}

    private record Row(long lastSeq, long contentId, Answer answer) {}

    ConversationState state() {
        return state;
    }

    Position head() {
        return log.isEmpty() ? Position.START : log.get(log.size() - 1).position();
    }

    List<Logged> log() {
        return log;
    }

    boolean holds(Position position) {
        return position.revision() <= log.size() && at(position.revision()).equals(position);
    }

    /** The entries after a revision that a view sees, as it sees them. */
    List<Entry> since(long revision, View view) {
        return log.subList((int) revision, log.size()).stream()
                .map(logged -> logged.entry().seenBy(view))
                .filter(entry -> !entry.effects().isEmpty())
                .toList();
    }

    /** The last answer of an outbox and what it was given to. */
    @Nullable Answered lastAnswer(String outbox) {
        Row row = outboxes.get(outbox);
        return row == null
                ? null
                : new Answered(new SubmissionId(outbox, row.lastSeq(), row.contentId()), row.answer());
    }

    /** An {@link Answer.Accepted} has a new entry, the last of the log, unless it was given before. */
    Answer submit(Submission submission, Author author) {
        SubmissionId id = submission.id();
        Row row = outboxes.getOrDefault(id.outbox(), new Row(0, 0, new Answer.Fault(OutboxFault.OUTBOX_RESET)));
        if (id.seq() <= row.lastSeq()) {
            if (id.seq() < row.lastSeq()) {
                return new Answer.Fault(OutboxFault.ALREADY_DONE);
            }
            return id.contentId() == row.contentId() ? row.answer() : new Answer.Fault(OutboxFault.FORKED);
        }
        if (id.seq() > row.lastSeq() + 1) {
            return new Answer.Fault(OutboxFault.OUTBOX_RESET);
        }
        if (!submission.operations().isEmpty()) {
            if (!holds(submission.base())) {
                return new Answer.Refused(Refusal.FOREIGN_POSITION);
            }
            if (submission.base().revision() < log.size() - historyMax) {
                return new Answer.Refused(Refusal.BEHIND);
            }
        }
        Answer answer;
        try {
            append(submission, author, moved(submission, author));
            answer = new Answer.Accepted(log.size());
        } catch (RejectedException e) {
            answer = new Answer.Rejected(e.code());
        }
        outboxes.put(id.outbox(), new Row(id.seq(), id.contentId(), answer));
        return answer;
    }

    private List<Effect> moved(Submission submission, Author author) throws RejectedException {
        if (submission.operations().isEmpty()) {
            throw new RejectedException(RejectCode.MALFORMED);
        }
        if (submission.operations().get(0) instanceof Operation.Command command) {
            return stamped(command, submission.base(), author);
        }
        List<Effect> effects = new ArrayList<>();
        for (Operation operation : submission.operations()) {
            effects.add(operation.effect(author));
        }
        for (Logged earlier : log.subList((int) submission.base().revision(), log.size())) {
            Entry entry = earlier.entry();
            effects = Transform.cross(
                            effects,
                            author.role(),
                            entry.effects(),
                            entry.author().role())
                    .submission();
        }
        return effects;
    }

    private List<Effect> stamped(Operation.Command command, Position base, Author author) throws RejectedException {
        Block block = state.block(command.block());
        if (block != null && !author.role().view().sees(block.audience())) {
            throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
        }
        List<Logged> since = log.subList((int) base.revision(), log.size());
        Stamp stamp = new Stamp(state, (edited, matches) -> since.stream()
                .map(Logged::entry)
                .filter(matches)
                .flatMap(entry -> entry.effects().stream())
                .anyMatch(effect ->
                        effect instanceof Effect.EditText && effect.target().equals(edited)));
        return stamp.effects(command, author);
    }

    private void append(Submission submission, Author author, List<Effect> effects) throws RejectedException {
        Entry header = new Entry(
                log.size() + 1L,
                author,
                nowMillis++,
                submission.id(),
                submission.operations().get(0) instanceof Operation.Command command ? command.name() : "",
                List.of(),
                submission.composedAtMillis(),
                submission.operations().get(0) instanceof Operation.AppendText append
                        ? new Origin(Source.AI, "", append.run(), "")
                        : submission.origin());
        ConversationState.Trial trial = state.trial(header);
        List<Effect> stamped = new ArrayList<>();
        for (Effect effect : effects) {
            Effect permitted = effect.withAudience(audience(effect, trial, author));
            trial.apply(permitted);
            stamped.add(permitted);
        }
        state.commit(trial);
        Entry entry = header.withEffects(List.copyOf(stamped));
        log.add(new Logged(entry, new Position(entry.revision(), 31 * head().head() + entry.hashCode())));
    }

    private static View audience(Effect effect, ConversationState.Trial trial, Author author) throws RejectedException {
        if (effect instanceof Effect.Create || effect instanceof Effect.Reveal) {
            return effect.audience();
        }
        if (effect instanceof Effect.Set set && set.target().isEmpty()) {
            return Attributes.isPublic(set.key()) ? View.PUBLIC : View.STAFF;
        }
        Block block = trial.block(effect.target());
        if (block == null || !author.role().view().sees(block.audience())) {
            throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
        }
        if (effect instanceof Effect.EditText && block.attributes().containsKey("locked")) {
            throw new RejectedException(RejectCode.FORBIDDEN);
        }
        boolean isPublic = !(effect instanceof Effect.PlaceAnchor)
                && (!(effect instanceof Effect.Set set) || Attributes.isPublic(set.key()));
        return isPublic ? block.audience() : View.STAFF;
    }

    private Position at(long revision) {
        return revision == 0 ? Position.START : log.get((int) revision - 1).position();
    }

    Text text(String block) {
        Block found = state.block(block);
        if (found == null) {
            throw new AssertionError("no block " + block);
        }
        return found.text();
    }
}
