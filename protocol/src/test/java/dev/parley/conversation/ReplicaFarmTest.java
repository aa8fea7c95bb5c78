package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Room.Member;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many members at once on bad lines: answers lost, submissions sent twice, connections broken at any moment, places in the
 * log lost. In the end all see the same, nothing is pending, and each character is there or not as it was meant.
 */
@ExtendWith(SeedResolver.class)
class ReplicaFarmTest {
    private static final List<Role> ROLES =
            List.of(Role.AGENT, Role.VISITOR, Role.ASSISTANT, Role.AGENT, Role.VISITOR, Role.ADMIN);

    @Test
    void nothingIsLostNothingIsDoubledAndAllSeeTheSame(Seed seed) {
        AtomicInteger edits = new AtomicInteger();
        AtomicInteger unsent = new AtomicInteger();
        IntStream.range(0, 300).parallel().forEach(round -> {
            Play play = new Play(seed.random(round), round % 8 == 0 ? 5 : Integer.MAX_VALUE);
            play.run(2 + round % 5, 300);
            edits.addAndGet(play.room.log().log().size());
            unsent.addAndGet(play.unsentBlocks().size());
        });

        assertThat(edits.get()).isGreaterThan(10_000);
        assertThat(unsent.get()).isGreaterThan(100);
    }

    @Test
    void aLargeFarmConvergesToo(Seed seed) {
        new Play(seed.random(), Integer.MAX_VALUE).run(16, 2_000);
    }

    private static final class Play {
        private final SplittableRandom random;
        private final Room room;
        private final CharacterLedger ledger = new CharacterLedger();
        private final List<String> blocks = new ArrayList<>();

        Play(SplittableRandom random, int historyMax) {
            this.random = random;
            room = new Room(historyMax);
        }

        void run(int memberCount, int steps) {
            for (int i = 0; i < memberCount; i++) {
                room.join("m" + i, ROLES.get(i % ROLES.size()));
            }
            for (int i = 0; i < steps; i++) {
                Member member = room.members().get(random.nextInt(memberCount));
                if (random.nextInt(5) < 2) {
                    act(member);
                } else {
                    move(member);
                }
            }
            room.converged();
            everyCharacterIsAsItWasMeant();
        }

        /** Something happens on a line. */
        private void move(Member member) {
            switch (random.nextInt(24)) {
                case 0 -> member.drop();
                case 1 -> member.sendTwice();
                case 2 -> {
                    if (random.nextInt(6) == 0) {
                        member.drop();
                        member.losesItsPlace();
                    }
                }
                case 3, 4, 5, 6, 7, 8, 9 -> member.send();
                case 10, 11, 12, 13, 14, 15 -> member.carryUp();
                default -> member.carryDown();
            }
        }

        private void act(Member member) {
            switch (random.nextInt(16)) {
                case 0 -> create(member);
                case 1 -> member.set("", random.nextBoolean() ? "state" : "tag/x", value());
                case 2 -> member.read(random.nextInt(20));
                case 3 -> onSome(member, block -> member.set(block, random.nextBoolean() ? "recalled" : "x", value()));
                case 4 -> onSome(member, block -> member.set(block, "locked", random.nextInt(4) == 0 ? "1" : ""));
                case 5 -> {
                    if (random.nextInt(4) == 0) {
                        onSome(member, member::publish);
                    }
                }
                default -> edit(member);
            }
        }

        private String value() {
            return random.nextInt(4) == 0 ? "" : Integer.toString(random.nextInt(100));
        }

        private void create(Member member) {
            String block = member.replica().nextBlockId();
            String text = characters();
            boolean draft = member.view() == View.STAFF && random.nextInt(3) > 0;
            Operation create = draft
                    ? new Operation.CreateBlock(block, BlockKind.DRAFT, View.STAFF, text, Attributes.NONE)
                    : new Operation.CreateBlock(block, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE);
            ledger.created(member.replica().submit(List.of(create), 0), block, text);
            blocks.add(block);
        }

        /** One submission of one to three operations, on one or several blocks. */
        private void edit(Member member) {
            List<String> visible = visible(member);
            if (visible.isEmpty()) {
                return;
            }
            Map<String, Text> texts = new HashMap<>();
            List<Operation> operations = new ArrayList<>();
            List<Consumer<SubmissionId>> records = new ArrayList<>();
            int count = random.nextInt(4) == 0 ? 3 : 1;
            for (int i = 0; i < count; i++) {
                String block = visible.get(random.nextInt(visible.size()));
                Text before = texts.computeIfAbsent(block, member::displayed);
                TextEdit edit = edit(before);
                operations.add(new Operation.EditText(block, before.length(), edit));
                records.add(id -> ledger.edited(id, block, before.toString(), edit));
                texts.put(block, edit.apply(before));
            }
            SubmissionId id = member.replica().submit(operations, 0);
            records.forEach(record -> record.accept(id));
        }

        private TextEdit edit(Text text) {
            TextEdit.Builder edit = TextEdit.builder();
            int left = text.length();
            int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                int kept = random.nextInt(left + 1);
                edit.retain(kept);
                left -= kept;
                if (random.nextInt(3) > 0) {
                    edit.insert(Text.of(characters()));
                } else {
                    int deleted = random.nextInt(Math.min(left, 4) + 1);
                    edit.delete(deleted);
                    left -= deleted;
                }
            }
            return edit.build();
        }

        private String characters() {
            return ledger.take(random.nextInt(CharacterLedger.ranges()), 1 + random.nextInt(3));
        }

        private void onSome(Member member, Consumer<String> action) {
            List<String> visible = visible(member);
            if (!visible.isEmpty()) {
                action.accept(visible.get(random.nextInt(visible.size())));
            }
        }

        private List<String> visible(Member member) {
            return blocks.stream()
                    .filter(block -> member.replica().text(block) != null)
                    .toList();
        }

        private void everyCharacterIsAsItWasMeant() {
            Set<SubmissionId> accepted = new HashSet<>();
            for (Sequencer.Logged logged : room.log().log()) {
                assertThat(accepted.add(logged.entry().submission()))
                        .as("%s is there once", logged.entry())
                        .isTrue();
            }
            Map<SubmissionId, Set<String>> unsent = unsentBlocks();
            for (Block block : room.log().state().blocks()) {
                String text = block.text().toString();
                assertThat(text.codePointCount(0, text.length()))
                        .as("characters of %s, none twice", block.id())
                        .isEqualTo(CharacterLedger.characters(text).size());
                assertThat(CharacterLedger.characters(text))
                        .as("characters of %s", block.id())
                        .isEqualTo(ledger.expected(block.id(), accepted, unsent));
            }
            for (Member member : room.members()) {
                assertThat(member.faults()).as("faults of %s", member).isEmpty();
            }
        }

        /** What its author was told is not in the conversation: the blocks, by submission. */
        private Map<SubmissionId, Set<String>> unsentBlocks() {
            Map<SubmissionId, Set<String>> blocksBySubmission = new HashMap<>();
            for (Member member : room.members()) {
                for (Replica.Unsent unsent : member.unsent()) {
                    for (Operation operation : unsent.operations()) {
                        if (operation instanceof Operation.EditText edit) {
                            blocksBySubmission
                                    .computeIfAbsent(unsent.id(), id -> new HashSet<>())
                                    .add(edit.block());
                        }
                    }
                }
            }
            return blocksBySubmission;
        }
    }
}
