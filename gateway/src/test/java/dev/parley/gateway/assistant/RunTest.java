package dev.parley.gateway.assistant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Role;
import dev.parley.conversation.Source;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.assistant.RunOutcome.Reason;
import dev.parley.gateway.assistant.RunStatus.State;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.Inbox;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.OpenRequest;
import dev.parley.gateway.shard.Published;
import dev.parley.gateway.shard.Shard;
import dev.parley.gateway.shard.ShardGroup;
import dev.parley.gateway.shard.ShardLimits;
import dev.parley.gateway.shard.Subscriber;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.FaultyOperationStore;
import dev.parley.gateway.store.FaultyOperationStore.Fault;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import dev.parley.ot.TextEdit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seed.Resolver.class)
class RunTest {
    private static final ConversationKey KEY = new ConversationKey("shop", "c");
    private static final Author VERA = new Author("vera", Role.VISITOR, "Vera");
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author BOT = new Author("bot", Role.ASSISTANT, "Bot");

    private final VirtualLoop loop = new VirtualLoop();
    private Supplier<Fault> faults = () -> Fault.NONE;
    private final FaultyOperationStore store =
            new FaultyOperationStore(new MemoryOperationStore(loop), () -> faults.get());
    private final ShardGroup shards = new ShardGroup(List.of(new Shard(
            loop,
            store,
            new Policy(),
            Limits.DEFAULT,
            new ShardLimits(1 << 24, 1_000, 1 << 20, 100, 1_024, 256),
            loop,
            new Inbox(store),
            new Handles(),
            (key, visitor) -> {},
            new SplittableRandom(1))));
    private final Runs runs = new Runs(shards, store, loop);

    RunTest() {
        Person vera = new Person(VERA);
        vera.open(ConversationSummary.CHAT);
        loop.settle();
    }

    @Test
    void itsTextLandsWholeHoweverItsBytesAreCut() {
        String text = "Grüße, 你好 \uD83D\uDE00\uD83D\uDC69\u200D\uD83D\uDC67!";
        Generator generator = begin("r1", 0);
        for (byte piece : text.getBytes(StandardCharsets.UTF_8)) {
            generator.send(new byte[] {piece});
        }
        generator.end();

        RunStatus status = generator.finished();
        assertThat(text(status.block())).isEqualTo(text);
        assertThat(status.written()).isEqualTo(text.codePointCount(0, text.length()));
        assertThat(block(status.block()).anchors()).isEmpty();
        Entry appended = entries("AppendText").get(0);
        assertThat(appended.author()).isEqualTo(BOT);
        assertThat(appended.origin().source()).isEqualTo(Source.AI);
        assertThat(appended.origin().onBehalfOf()).isEqualTo("ann");
        assertThat(appended.origin().model()).isEqualTo("model-1");
    }

    @Test
    void tokensOfAMomentAreOneSubmission() {
        Generator generator = begin("r1", 0);
        for (int i = 0; i < 8; i++) {
            generator.send("word ");
            loop.advance(4);
        }
        loop.advance(100);

        assertThat(entries("AppendText")).hasSize(1);
        assertThat(onlyDraft().text().toString()).isEqualTo("word ".repeat(8));
    }

    @Test
    void aSlowGeneratorIsShownTokenByToken() {
        Generator generator = begin("r1", 0);
        for (int i = 0; i < 5; i++) {
            generator.send("word ");
            loop.advance(30_000);
            assertThat(onlyDraft().text().toString()).isEqualTo("word ".repeat(i + 1));
        }
        generator.end();
        assertThat(generator.finished().written()).isEqualTo(25);
    }

    @Test
    void aFastGeneratorIsHeldToItsRateAndReadNoFurther() {
        Generator generator = begin("r1", 0);
        int sent = 0;
        while (generator.isWanted() && sent < 10_000) {
            generator.send("x".repeat(100));
            loop.settle();
            sent++;
        }
        assertThat(sent).isLessThan(20);

        int before = entries("AppendText").size();
        for (int i = 0; i < 1_000; i++) {
            if (generator.isWanted()) {
                generator.send("x".repeat(100));
            }
            loop.advance(1);
        }
        assertThat(entries("AppendText").size() - before).isBetween(15, 36);
    }

    @Test
    void nothingThatWaitsLandsAfterATakeOverAndTheCallerKnowsAtOnce() {
        Person ann = new Person(ANN);
        ann.open("");
        Generator generator = begin("r1", 0);
        generator.send("x".repeat(5_000));
        loop.advance(100);
        String before = onlyDraft().text().toString();
        assertThat(before).isNotEmpty().hasSizeLessThan(5_000);

        ann.submit(new Operation.TakeOver(onlyDraft().id()));
        loop.settle();

        RunOutcome.Interrupted interrupted = (RunOutcome.Interrupted) generator.outcome();
        assertThat(interrupted.reason()).isEqualTo(Reason.TAKEN_OVER);
        String after = onlyDraft().text().toString();
        assertThat(interrupted.status().written()).isEqualTo(after.length());
        generator.send("more");
        loop.advance(10_000);
        assertThat(onlyDraft().text().toString()).isEqualTo(after);
    }

    @Test
    void aTakeOverThatMeetsASubmissionInFlightFencesIt() {
        Person ann = new Person(ANN);
        ann.open("");
        Generator generator = begin("r1", 0);
        generator.send("a".repeat(64));
        loop.advance(100);
        ann.submit(new Operation.TakeOver(onlyDraft().id()));
        generator.send("b".repeat(64));
        loop.advance(1_000);

        assertThat(generator.outcome()).isInstanceOf(RunOutcome.Interrupted.class);
        assertThat(onlyDraft().text().toString()).isEqualTo("a".repeat(64));
    }

    @Test
    void peopleAreServedBeforeAnAssistantOfTheSameTurn() {
        Person ann = new Person(ANN);
        ann.open("");
        Generator generator = begin("r1", 0);
        generator.send("a");
        loop.advance(100);
        generator.send("b".repeat(64));
        ann.submit(new Operation.SetAttribute("", "tag/x", "1"));
        loop.settle();

        List<Entry> log = log();
        assertThat(log.get(log.size() - 2).author()).isEqualTo(ANN);
        assertThat(log.get(log.size() - 1).author()).isEqualTo(BOT);
    }

    @Test
    void peopleTypeAboveAndInsideWhileItStreams(Seed seed) {
        SplittableRandom random = seed.random();
        Person ann = new Person(ANN);
        ann.open("");
        Generator generator = begin("r1", 0);
        StringBuilder sent = new StringBuilder();
        StringBuilder typed = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            String token = "token" + i + " ";
            generator.send(token);
            sent.append(token);
            loop.advance(random.nextInt(100));
            Block draft = onlyDraft();
            int length = draft.text().length();
            String key = String.valueOf((char) ('A' + i % 26));
            typed.append(key);
            ann.submit(new Operation.EditText(draft.id(), length, TextEdit.insert(random.nextInt(length + 1), key)));
        }
        generator.end();

        RunStatus status = generator.finished();
        String text = text(status.block());
        assertThat(status.written()).isEqualTo(sent.length());
        assertThat(text.replaceAll("[A-Z]", "")).isEqualTo(sent.toString());
        assertThat(text.replaceAll("[^A-Z]", "").chars().sorted().toArray())
                .isEqualTo(typed.chars().sorted().toArray());
    }

    @Test
    void aGeneratorThatCrashesAnywhereGoesOnFromWhatIsWritten(Seed seed) {
        SplittableRandom random = seed.random();
        String text = "The parcel left on Monday, 包裹周一已发出 \uD83D\uDCE6. ".repeat(20);
        int length = text.codePointCount(0, text.length());
        for (int round = 0; round < 60; round++) {
            String run = "r" + round;
            RunStatus status = null;
            int attempts = 0;
            while (status == null) {
                attempts++;
                boolean again = random.nextBoolean();
                int offset = again ? 0 : written(run);
                Generator generator = begin(run, offset);
                byte[] bytes =
                        text.substring(text.offsetByCodePoints(0, offset)).getBytes(StandardCharsets.UTF_8);
                int at = 0;
                boolean crashes = attempts < 5;
                int crash = crashes ? random.nextInt(bytes.length + 1) : bytes.length;
                while (at < crash) {
                    if (!generator.isWanted()) {
                        loop.advance(20);
                        continue;
                    }
                    int end = Math.min(crash, at + 1 + random.nextInt(200));
                    generator.send(Arrays.copyOfRange(bytes, at, end));
                    at = end;
                    loop.step(random.nextInt(8));
                }
                if (crashes) {
                    generator.run().abort();
                } else {
                    generator.end();
                    status = generator.finished();
                }
            }
            assertThat(text(status.block())).as("round " + round).isEqualTo(text);
            assertThat(status.written()).isEqualTo(length);
        }
    }

    @Test
    void aNewerRequestOfTheSameRunTakesOverFromTheOlder() {
        Generator first = begin("r1", 0);
        first.send("one ");
        loop.advance(100);
        first.send("two ".repeat(20));
        Generator second = begin("r1", 0);
        second.send("one " + "two ".repeat(20) + "three");
        second.end();

        RunStatus status = second.finished();
        assertThat(((RunOutcome.Interrupted) first.outcome()).reason()).isEqualTo(Reason.SUPERSEDED);
        assertThat(text(status.block())).isEqualTo("one " + "two ".repeat(20) + "three");
        assertThat(runs.live()).isZero();
    }

    @Test
    void aRunThatFinishedIsFinishedForWhoAsksAgain() {
        Generator first = begin("r1", 0);
        first.send("done");
        first.end();
        RunStatus status = first.finished();

        Generator again = begin("r1", 0);
        assertThat(again.outcome()).isEqualTo(new RunOutcome.Finished(status));
        assertThat(text(status.block())).isEqualTo("done");
    }

    @Test
    void aRunThatWasTakenOverStaysInterrupted() {
        Person ann = new Person(ANN);
        ann.open("");
        Generator first = begin("r1", 0);
        first.send("half");
        loop.advance(100);
        first.run().abort();
        ann.submit(new Operation.TakeOver(onlyDraft().id()));
        loop.settle();

        RunOutcome.Interrupted outcome = (RunOutcome.Interrupted) begin("r1", 4).outcome();
        assertThat(outcome.status().written()).isEqualTo(4);
        assertThat(outcome.status().state()).isEqualTo(State.INTERRUPTED);
    }

    @Test
    void anOffsetBeyondWhatIsWrittenIsRefused() {
        assertThat(begin("r1", 7).outcome()).isInstanceOf(RunOutcome.Mismatch.class);

        Generator generator = begin("r2", 0);
        generator.send("abc");
        loop.advance(100);
        generator.run().abort();
        RunOutcome.Mismatch mismatch = (RunOutcome.Mismatch) begin("r2", 4).outcome();
        assertThat(mismatch.status().written()).isEqualTo(3);
    }

    @Test
    void whatCameBeforeIllFormedBytesIsKept() {
        for (byte[] bad : List.of(new byte[] {(byte) 0xC3, 'x'}, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80})) {
            Generator generator = begin("r" + bad.length, 0);
            generator.send("good ");
            loop.advance(100);
            generator.send(bad);

            RunOutcome.IllFormed outcome = (RunOutcome.IllFormed) generator.outcome();
            assertThat(text(outcome.status().block())).isEqualTo("good ");
            assertThat(outcome.status().written()).isEqualTo(5);
        }
    }

    @Test
    void aBodyThatEndsInsideACharacterIsIllFormed() {
        Generator generator = begin("r1", 0);
        generator.send(new byte[] {'a', (byte) 0xE4, (byte) 0xBD});
        generator.run().endOfBody();

        RunOutcome.IllFormed outcome = (RunOutcome.IllFormed) generator.outcome();
        assertThat(outcome.status().written()).isEqualTo(1);
    }

    @Test
    void aTextThatBecomesTooLongIsRejectedWithWhatIsWritten() {
        Generator generator = begin("r1", 0);
        int sent = 0;
        while (generator.outcome == null && sent < 1_000) {
            if (generator.isWanted()) {
                generator.send("x".repeat(200));
                sent++;
            }
            loop.advance(50);
        }

        RunOutcome.Rejected rejected = (RunOutcome.Rejected) generator.outcome();
        assertThat(rejected.code()).isEqualTo(RejectCode.TOO_LARGE);
        assertThat(text(rejected.status().block())).hasSize(rejected.status().written());
    }

    @Test
    void whoMayNotRunIsRejected() {
        RunOutcome.Rejected rejected = (RunOutcome.Rejected) begin("r1", 0, ANN).outcome();

        assertThat(rejected.code()).isEqualTo(RejectCode.FORBIDDEN);
    }

    @Test
    void aStoreThatFailsNowAndThenCostsNoCharacter(Seed seed) {
        SplittableRandom random = seed.random();
        for (int round = 0; round < 40; round++) {
            Generator generator = begin("r" + round, 0);
            faults = () -> switch (random.nextInt(6)) {
                case 0 -> Fault.BUSY;
                case 1 -> Fault.LOST;
                case 2 -> Fault.UNANSWERED;
                case 3 -> Fault.CONFLICT;
                default -> Fault.NONE;
            };
            String text = "round " + round + " of text. ".repeat(10);
            generator.send(text);
            generator.end();
            for (int i = 0; i < 2_000 && generator.outcome == null; i++) {
                loop.advance(100);
            }
            faults = () -> Fault.NONE;
            assertThat(text(generator.finished().block())).as("round " + round).isEqualTo(text);
        }
    }

    private Generator begin(String run, int offset) {
        return begin(run, offset, BOT);
    }

    private Generator begin(String run, int offset, Author author) {
        Principal principal = new Principal(KEY.tenant(), author, Long.MAX_VALUE);
        Generator generator = new Generator();
        generator.run = runs.begin(
                new RunRequest(RunName.of(KEY, principal, run), principal, "", offset, "ann", "model-1"),
                loop,
                generator);
        loop.settle();
        return generator;
    }

    private int written(String run) {
        return state().blocks().stream()
                .flatMap(block -> block.anchors().stream())
                .filter(anchor -> anchor.name().equals(run))
                .mapToInt(anchor -> anchor.written())
                .sum();
    }

    private List<Entry> log() {
        List<Entry> log = new ArrayList<>();
        store.read(KEY, 0, 1_000_000).thenAccept(read -> {
            for (LoggedEntry entry : read) {
                log.add(entry.entry());
            }
        });
        loop.settle();
        return log;
    }

    private List<Entry> entries(String command) {
        return log().stream().filter(entry -> entry.command().equals(command)).toList();
    }

    private ConversationState state() {
        ConversationState state = new ConversationState(View.STAFF);
        log().forEach(state::apply);
        return state;
    }

    private Block block(String id) {
        Block block = state().block(id);
        if (block == null) {
            throw new AssertionError("no block " + id);
        }
        return block;
    }

    private String text(String id) {
        return block(id).text().toString();
    }

    private Block onlyDraft() {
        return state().blocks().stream().findFirst().orElseThrow();
    }

    /** What sends the text. */
    private final class Generator implements Run.Caller {
        private @Nullable Run run;
        private @Nullable RunOutcome outcome;
        private final ArrayList<byte[]> unsent = new ArrayList<>();
        private boolean wanted;

        boolean isWanted() {
            return wanted;
        }

        Run run() {
            if (run == null) {
                throw new AssertionError("not begun");
            }
            return run;
        }

        void send(String text) {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        /** Now, or when it is wanted. */
        void send(byte[] bytes) {
            unsent.add(bytes);
            flush();
        }

        private void flush() {
            while (wanted && !unsent.isEmpty()) {
                wanted = false;
                run().read(ByteBuffer.wrap(unsent.remove(0)));
            }
        }

        void end() {
            for (int i = 0; i < 10_000 && !unsent.isEmpty(); i++) {
                loop.advance(20);
            }
            run().endOfBody();
        }

        RunOutcome outcome() {
            for (int i = 0; i < 1_000 && outcome == null; i++) {
                loop.advance(100);
            }
            if (outcome == null) {
                throw new AssertionError("no answer");
            }
            return outcome;
        }

        RunStatus finished() {
            return ((RunOutcome.Finished) outcome()).status();
        }

        @Override
        public void more() {
            wanted = true;
            loop.execute(this::flush);
        }

        @Override
        public void tell(RunOutcome told) {
            assertThat(outcome).isNull();
            outcome = told;
        }

        @Override
        public void after(long millis, Runnable task) {
            loop.after(millis, task);
        }
    }

    private static final class Handles implements IntSupplier {
        private int last;

        @Override
        public int getAsInt() {
            return ++last;
        }
    }

    /** Somebody with a socket. */
    private final class Person implements Subscriber {
        private final Principal principal;
        private int handle;
        private Position base = Position.START;
        private long seq;

        Person(Author author) {
            principal = new Principal(KEY.tenant(), author, Long.MAX_VALUE);
        }

        void open(String kind) {
            shards.of(KEY).open(new OpenRequest(KEY, kind, "chat", Position.START, false, List.of()), this);
            loop.settle();
        }

        void submit(Operation operation) {
            seq++;
            shards.of(KEY)
                    .submit(
                            KEY,
                            handle,
                            new Submission(
                                    new SubmissionId("outbox-of-" + principal.subject(), seq, seq),
                                    base,
                                    List.of(operation),
                                    0),
                            this);
        }

        @Override
        public Principal principal() {
            return principal;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void deliver(Delivery delivery) {
            if (delivery instanceof Delivery.Opened opened) {
                handle = opened.handle();
                base = opened.catchUp().position();
            } else if (delivery instanceof Published published) {
                base = published.position();
            }
        }
    }
}
