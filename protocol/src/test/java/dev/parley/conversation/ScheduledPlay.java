package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Room.Member;
import dev.parley.conversation.Schedule.Step;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A schedule played in a room: in the end all see the same, and each character is there or not as it was meant. */
final class ScheduledPlay {
    private final Schedule schedule;
    private final Room room;
    private final CharacterLedger ledger = new CharacterLedger();
    private int runs;

    ScheduledPlay(Schedule schedule) {
        this(schedule, Integer.MAX_VALUE);
    }

    /** Where who starts anew gets {@code snapshotBlocks} at first. */
    ScheduledPlay(Schedule schedule, int snapshotBlocks) {
        this.schedule = schedule;
        room = new Room(schedule.historyMax(), snapshotBlocks);
        for (int i = 0; i < schedule.members().size(); i++) {
            room.join("m" + i, schedule.members().get(i));
        }
    }

    Room room() {
        return room;
    }

    void run() {
        for (Step step : schedule.steps()) {
            new Turn(room.members().get(step.who()), step).take();
        }
        room.converged();
        everyCharacterIsAsItWasMeant();
    }

    private void everyCharacterIsAsItWasMeant() {
        Set<SubmissionId> accepted = new HashSet<>();
        List<Entry> log = room.log().log().stream().map(Sequencer.Logged::entry).toList();
        for (Entry entry : log) {
            assertThat(accepted.add(entry.submission()))
                    .as("%s is there once", entry)
                    .isTrue();
        }
        for (Member member : room.members()) {
            assertThat(member.faults()).as("faults of %s", member).isEmpty();
            ledger.unsent(member.unsent());
        }
        ledger.requireKept(log, room.log().state());
    }

    /** One step of one member. */
    private final class Turn {
        private final Member member;
        private final Replica replica;
        private final Step step;

        Turn(Member member, Step step) {
            this.member = member;
            this.replica = member.replica();
            this.step = step;
        }

        void take() {
            switch (step.act()) {
                case SEND -> member.send();
                case CARRY_UP -> member.carryUp();
                case CARRY_DOWN -> member.carryDown();
                case DROP -> member.drop();
                case SEND_TWICE -> member.sendTwice();
                case LOSE_PLACE -> {
                    member.drop();
                    member.losesItsPlace();
                }
                default -> act();
            }
        }

        private void act() {
            switch (step.act()) {
                case CREATE -> create(BlockKind.MESSAGE, View.PUBLIC);
                case DRAFT -> {
                    if (member.author().role().isStaff()) {
                        create(BlockKind.DRAFT, View.STAFF);
                    }
                }
                case EDIT -> edits(pending(), 1);
                case SEVERAL_EDITS -> edits(pending(), 2 + step.c() % 2);
                case TWO_BLOCKS -> {
                    if (replica.pendingCount() == 0) {
                        edits(block(block -> true, step.a()), 1, block(block -> true, step.b()));
                    }
                }
                case SET -> {
                    String target = step.b() % 4 == 0 ? "" : block(block -> true, step.a());
                    if (target != null) {
                        submit(new Operation.SetAttribute(target, step.c() % 2 == 0 ? "recalled" : "tag/x", value()));
                    }
                }
                case ADVANCE -> submit(new Operation.Advance("read", step.a() % 20));
                case CLOSE -> submit(new Operation.CloseConversation());
                case REOPEN -> submit(new Operation.ReopenConversation());
                case LINK -> submit(new Operation.Link("v" + step.a() % 3, "V"));
                default -> {
                    if (member.author().role().isStaff()) {
                        serve();
                    }
                }
            }
        }

        private void serve() {
            switch (step.act()) {
                case MOVE -> onBlock(block -> true, block -> new Operation.MoveBlock(block, rank()));
                case PIN -> onBlock(block -> true, block -> new Operation.SetAttribute(block, "pinned", rank()));
                case MERGE -> {
                    String into = block(block -> true, step.b());
                    if (into != null) {
                        onBlock(block -> true, block -> new Operation.MergeBlocks(block, into));
                    }
                }
                case PUBLISH -> onBlock(isOf(BlockKind.DRAFT), block -> new Operation.PublishDraft(block, 0));
                case SUGGEST -> suggest(block(block -> true, step.a()));
                case ACCEPT -> onBlock(isOf(BlockKind.SUGGESTION), Operation.AcceptSuggestion::new);
                case DISMISS -> onBlock(isOf(BlockKind.SUGGESTION), Operation.DismissSuggestion::new);
                case TAKE_OVER -> onBlock(isOf(BlockKind.DRAFT), Operation.TakeOver::new);
                case START_RUN -> {
                    String draft = step.b() % 2 == 0 ? block(isOf(BlockKind.DRAFT), step.a()) : null;
                    submit(new Operation.StartRun(draft == null ? replica.nextBlockId() : draft, "run-" + runs++));
                }
                case APPEND -> append();
                case FINISH_RUN -> {
                    Block draft = running();
                    if (draft != null) {
                        submit(new Operation.FinishRun(draft.id(), run(draft).name(), fence(draft)));
                    }
                }
                case REDACT -> onBlock(block -> true, Operation.Redact::new);
                default -> throw new IllegalArgumentException("nobody does " + step.act());
            }
        }

        private SubmissionId submit(Operation... operations) {
            return replica.submit(List.of(operations), 0);
        }

        private interface OfBlock {
            Operation operation(String block);
        }

        private void onBlock(Predicate<Block> matches, OfBlock asked) {
            String block = block(matches, step.a());
            if (block != null) {
                submit(asked.operation(block));
            }
        }

        private static Predicate<Block> isOf(BlockKind kind) {
            return block -> block.kind() == kind;
        }

        /** Of those that have a text. */
        private @Nullable String block(Predicate<Block> matches, int number) {
            List<String> blocks = replica.confirmed().blocks().stream()
                    .filter(block -> !block.isMerged() && !block.erased())
                    .filter(matches)
                    .map(Block::id)
                    .sorted()
                    .toList();
            return blocks.isEmpty() ? null : blocks.get(number % blocks.size());
        }

        /** One that is there, or the one that this member created last even if it still waits itself. */
        private @Nullable String pending() {
            String last = member.lastCreated();
            return step.b() % 4 == 0 && last != null && replica.confirmed().block(last) == null
                    ? last
                    : block(block -> true, step.a());
        }

        private void create(BlockKind kind, View audience) {
            String text = characters(step.a());
            String block = replica.nextBlockId();
            ledger.created(
                    submit(new Operation.CreateBlock(block, kind, audience, text, Attributes.NONE)), block, text);
            member.created(block);
        }

        private void edits(@Nullable String block, int count, @Nullable String... others) {
            List<String> targets = new ArrayList<>();
            for (int i = 0; i < count && block != null; i++) {
                targets.add(block);
            }
            for (String other : others) {
                if (other != null) {
                    targets.add(other);
                }
            }
            TreeMap<String, Text> texts = new TreeMap<>();
            List<Operation> operations = new ArrayList<>();
            List<Text> before = new ArrayList<>();
            for (String target : targets) {
                Text shown = texts.containsKey(target) ? texts.get(target) : replica.text(target);
                if (shown == null) {
                    return;
                }
                TextEdit edit = edit(shown, operations.size());
                before.add(shown);
                operations.add(new Operation.EditText(target, shown.length(), edit));
                texts.put(target, edit.apply(shown));
            }
            if (!operations.isEmpty()) {
                SubmissionId id = submit(operations.toArray(Operation[]::new));
                for (int i = 0; i < operations.size(); i++) {
                    Operation.EditText edit = (Operation.EditText) operations.get(i);
                    ledger.edited(id, edit.block(), before.get(i), edit.edit());
                }
            }
        }

        private TextEdit edit(Text text, int number) {
            int at = (step.b() >> (4 * number)) % (text.length() + 1);
            int deleted = Math.min((step.c() >> (2 * number)) % 4, text.length() - at);
            return TextEdit.builder()
                    .retain(at)
                    .insert(Text.of(deleted > 1 ? "" : characters(step.a() + number)))
                    .delete(deleted)
                    .build();
        }

        private String characters(int number) {
            return ledger.take(number % CharacterLedger.ranges(), 1 + number % 3);
        }

        private String value() {
            return step.c() % 3 == 0 ? "" : Integer.toString(step.c() % 100);
        }

        private String rank() {
            List<String> ranks = replica.confirmed().blocks().stream()
                    .map(Rank::of)
                    .distinct()
                    .sorted(Comparator.naturalOrder())
                    .toList();
            int at = step.b() % (ranks.size() + 1);
            return Rank.between(at == 0 ? "" : ranks.get(at - 1), at == ranks.size() ? "" : ranks.get(at));
        }

        private void suggest(@Nullable String target) {
            Text text = target == null ? null : replica.text(target);
            if (target == null || text == null) {
                return;
            }
            String id = replica.nextBlockId();
            String suggested = characters(step.b());
            int start = step.b() % (text.length() + 1);
            int end = start + step.c() % (text.length() - start + 1);
            SubmissionId submission = submit(
                    new Operation.CreateBlock(
                            id, BlockKind.SUGGESTION, View.STAFF, suggested, Effects.attributes("target", target)),
                    new Operation.PlaceAnchor(target, text.length(), id, start, end));
            ledger.created(submission, id, suggested);
        }

        private @Nullable Block running() {
            String id = block(block -> block.anchors().stream().anyMatch(Anchor::run), step.a());
            return id == null ? null : replica.confirmed().block(id);
        }

        private void append() {
            Block draft = running();
            if (draft != null) {
                String text = characters(step.b());
                SubmissionId id =
                        submit(new Operation.AppendText(draft.id(), run(draft).name(), fence(draft), text));
                ledger.appended(id, draft.id(), text);
            }
        }

        private static Anchor run(Block draft) {
            return draft.anchors().stream().filter(Anchor::run).findFirst().orElseThrow();
        }

        private static long fence(Block draft) {
            return Long.parseLong(draft.attributes().getOrDefault("fence", "0"));
        }
    }
}
