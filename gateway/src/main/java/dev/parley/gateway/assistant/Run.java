package dev.parley.gateway.assistant;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Block;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.gateway.assistant.RunOutcome.Reason;
import dev.parley.gateway.assistant.RunStatus.State;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.OpenRequest;
import dev.parley.gateway.shard.Published;
import dev.parley.gateway.shard.Shard;
import dev.parley.gateway.shard.Subscriber;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OutboxRow;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request that streams an assistant's text into a draft: a client inside the node. On the loop of its connection, but
 * for {@link #isGone} and {@link #supersede}.
 *
 * <p>Text is gathered for a moment and goes out as one submission; one is unanswered at a time, and while much waits nothing
 * more is asked of the body. The run listens to its conversation: when somebody takes over it hears of it with everybody
 * else, tells its caller at once, and drops what waits. What was in flight is rejected by its fence.
 */
public final class Run implements Subscriber {
    private static final int GATHER_MILLIS = 40;
    private static final int GATHER_CODE_POINTS = 64;
    private static final int SUBMISSION_CODE_POINTS_MAX = 256;
    private static final int SUBMISSIONS_PER_SECOND = 25;
    private static final int BURST = 10;
    private static final int RETRY_MILLIS_MIN = 100;

    private final RunRequest request;
    private final Shard shard;
    private final OperationStore store;
    private final InstantSource clock;
    private final Loop loop;
    private final Caller caller;
    private final Consumer<Run> ended;
    private final TokenBucket bucket;
    private final Utf8Stream utf8 = new Utf8Stream();
    private final StringBuilder waiting = new StringBuilder();

    private RunStatus status;
    private int handle;
    private Position base = Position.START;
    private long seq;
    private int skip;
    private @Nullable Submission inFlight;
    private boolean streaming;
    private boolean asked;
    private boolean bodyEnded;
    private boolean illFormed;
    private boolean told;
    private boolean timed;
    private long gatherUntilMillis;
    private @Nullable Runnable successor;
    private volatile boolean gone;

    /** Who brings the text. Called on the run's loop. */
    public interface Caller {

        /** The next piece of the body may come. */
        void more();

        /** Once; nothing more is read. */
        void tell(RunOutcome outcome);

        void after(long millis, Runnable task);
    }

    Run(
            RunRequest request,
            Shard shard,
            OperationStore store,
            InstantSource clock,
            Loop loop,
            Caller caller,
            Consumer<Run> ended) {
        this.request = request;
        this.shard = shard;
        this.store = store;
        this.clock = clock;
        this.loop = loop;
        this.caller = caller;
        this.ended = ended;
        this.bucket = new TokenBucket(clock, SUBMISSIONS_PER_SECOND, BURST);
        this.status = new RunStatus(request.name().run(), request.blockOrOwn(), 0, 0, State.OPEN);
    }

    void open() {
        if (told) {
            end();
            return;
        }
        shard.open(
                new OpenRequest(
                        request.name().key(),
                        "",
                        "",
                        Position.START,
                        false,
                        List.of(request.name().outbox())),
                this);
    }

    /** The next piece, after it was asked for. */
    public void read(ByteBuffer piece) {
        asked = false;
        if (told) {
            return;
        }
        if (waiting.isEmpty()) {
            gatherUntilMillis = clock.millis() + GATHER_MILLIS;
        }
        boolean wellFormed = true;
        try {
            utf8.decode(piece, waiting);
        } catch (CharacterCodingException e) {
            wellFormed = false;
        }
        skipWritten();
        if (!wellFormed) {
            illFormed();
            return;
        }
        pump();
    }

    /** The body is complete. */
    public void endOfBody() {
        bodyEnded = true;
        if (!utf8.isComplete()) {
            illFormed();
        }
        pump();
    }

    /** The caller is gone. The run stays open, and somebody may go on with it. */
    public void abort() {
        told = true;
        waiting.setLength(0);
        endUnlessInFlight();
    }

    /** Ends this request for a newer one, and calls {@code next} when nothing of it is in flight any more. */
    void supersede(Runnable next) {
        loop.execute(() -> {
            successor = next;
            if (gone) {
                end();
                return;
            }
            interrupted(Reason.SUPERSEDED);
        });
    }

    /** What came before the ill-formed bytes is written first. */
    private void illFormed() {
        illFormed = true;
        bodyEnded = true;
        pump();
    }

    private void skipWritten() {
        int present = waiting.codePointCount(0, waiting.length());
        int skipped = Math.min(skip, present);
        waiting.delete(0, waiting.offsetByCodePoints(0, skipped));
        skip -= skipped;
    }

    /** Submits what is due, and asks for more. */
    private void pump() {
        if (told || !streaming) {
            return;
        }
        int codePoints = waiting.codePointCount(0, waiting.length());
        boolean gathering = !bodyEnded && codePoints < GATHER_CODE_POINTS;
        if (gathering) {
            ask();
        }
        if (inFlight != null) {
            return;
        }
        if (waiting.isEmpty()) {
            if (illFormed) {
                tell(new RunOutcome.IllFormed(status));
            } else if (bodyEnded) {
                submit(new Operation.FinishRun(status.block(), status.run(), status.fence()));
            }
            return;
        }
        long left = gatherUntilMillis - clock.millis();
        if (gathering && left > 0) {
            pumpAfter(left);
            return;
        }
        long wait = bucket.takeOrWaitMillis();
        if (wait > 0) {
            pumpAfter(wait);
            return;
        }
        int end = waiting.offsetByCodePoints(0, Math.min(codePoints, SUBMISSION_CODE_POINTS_MAX));
        String text = waiting.substring(0, end);
        waiting.delete(0, end);
        gatherUntilMillis = clock.millis() + GATHER_MILLIS;
        submit(new Operation.AppendText(status.block(), status.run(), status.fence(), text));
    }

    private void ask() {
        if (!asked) {
            asked = true;
            caller.more();
        }
    }

    private void pumpAfter(long millis) {
        if (!timed) {
            timed = true;
            caller.after(millis, () -> {
                timed = false;
                pump();
            });
        }
    }

    private void submit(Operation operation) {
        seq++;
        SubmissionId id = new SubmissionId(
                request.name().outbox(), seq, ThreadLocalRandom.current().nextLong());
        Submission made = new Submission(id, base, List.of(operation), 0, request.origin());
        inFlight = made;
        send(made);
    }

    private void send(Submission made) {
        shard.submit(request.name().key(), handle, made, this);
    }

    @Override
    public Principal principal() {
        return request.principal();
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public void deliver(Delivery delivery) {
        if (gone) {
            return;
        }
        if (delivery instanceof Delivery.Opened opened) {
            opened(opened);
        } else if (delivery instanceof Delivery.OpenFailed failed) {
            tell(new RunOutcome.NotOpened(failed));
        } else if (delivery instanceof Published published) {
            for (LoggedEntry entry : published.entries()) {
                published(entry.entry());
            }
        } else if (delivery instanceof Delivery.Answered answered) {
            answered(answered);
        } else if (delivery instanceof Delivery.Ended) {
            interrupted(Reason.TAKEN_OVER);
        }
    }

    private void opened(Delivery.Opened opened) {
        if (told) {
            end();
            return;
        }
        if (!(opened.catchUp() instanceof Delivery.Blocks state)) {
            throw new IllegalStateException("an open from the start has blocks");
        }
        if (base.revision() > 0) {
            // What was streamed may be gone with the end of the log: whoever generates asks what is there.
            tell(new RunOutcome.Failed(new IllegalStateException("the log is another one than it was")));
            end();
            return;
        }
        handle = opened.handle();
        base = state.position();
        for (OutboxRow row : opened.outboxes()) {
            seq = row.lastSeq();
        }
        RunStatus open = RunStatus.ofOpen(status.run(), state.blocks());
        if (open != null) {
            goOn(open);
        } else if (seq > 0) {
            over(state.blocks(), opened.outboxes());
        } else if (request.offset() > 0) {
            tell(new RunOutcome.Mismatch(status));
        } else {
            submit(new Operation.StartRun(status.block(), status.run()));
        }
    }

    private void goOn(RunStatus open) {
        status = open;
        boolean elsewhere = !request.block().isEmpty() && !request.block().equals(open.block());
        if (elsewhere || request.offset() > open.written()) {
            tell(new RunOutcome.Mismatch(open));
            return;
        }
        skip = open.written() - request.offset();
        streaming = true;
        pump();
    }

    /** There was such a run, and its caller may not have heard how it ended. */
    private void over(Collection<Block> blocks, List<OutboxRow> rows) {
        RunStatus.find(request.name(), blocks, rows, base.revision(), store)
                .whenComplete((found, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        tell(new RunOutcome.Failed(failure));
                    } else if (found == null) {
                        interrupted(Reason.TAKEN_OVER);
                    } else {
                        status = found;
                        if (found.state() == State.FINISHED) {
                            tell(new RunOutcome.Finished(found));
                        } else {
                            interrupted(Reason.TAKEN_OVER);
                        }
                    }
                }));
    }

    private void published(Entry entry) {
        Submission mine = inFlight;
        if (mine != null && mine.id().equals(entry.submission())) {
            if (mine.operations().get(0) instanceof Operation.StartRun) {
                status = new RunStatus(status.run(), status.block(), fence(entry), 0, State.OPEN);
            }
            accepted(mine);
            return;
        }
        if (!streaming || told) {
            return;
        }
        for (Effect effect : entry.effects()) {
            if (effect.target().equals(status.block()) && takesAway(effect)) {
                interrupted(Reason.TAKEN_OVER);
                return;
            }
        }
    }

    private boolean takesAway(Effect effect) {
        if (effect instanceof Effect.Set set) {
            return set.key().equals(Attributes.FENCE);
        }
        return effect instanceof Effect.Reveal || effect instanceof Effect.Erase || effect instanceof Effect.Retarget;
    }

    private void accepted(Submission mine) {
        inFlight = null;
        Operation operation = mine.operations().get(0);
        if (operation instanceof Operation.AppendText append) {
            int length = append.text().codePointCount(0, append.text().length());
            status = new RunStatus(status.run(), status.block(), status.fence(), status.written() + length, State.OPEN);
        } else if (operation instanceof Operation.FinishRun) {
            tell(new RunOutcome.Finished(status.as(State.FINISHED)));
            return;
        }
        streaming = true;
        if (told) {
            end();
        } else {
            pump();
        }
    }

    private static long fence(Entry entry) {
        for (Effect effect : entry.effects()) {
            if (effect instanceof Effect.Set set && set.key().equals(Attributes.FENCE)) {
                return Long.parseLong(set.value());
            }
        }
        throw new IllegalStateException("a run starts with a fence");
    }

    private void answered(Delivery.Answered answered) {
        Submission mine = inFlight;
        if (mine == null || mine.id().seq() != answered.seq()) {
            return;
        }
        Answer answer = answered.answer();
        if (answer instanceof Answer.Refused refused && !told) {
            caller.after(Math.max(RETRY_MILLIS_MIN, refused.delayMillis()), () -> sendAgain(mine));
            return;
        }
        inFlight = null;
        if (told) {
            end();
        } else if (answer instanceof Answer.Accepted) {
            goOnAfterRepetition(mine);
        } else if (answer instanceof Answer.Rejected rejected) {
            if (rejected.code() == RejectCode.FENCED) {
                interrupted(Reason.TAKEN_OVER);
            } else {
                tell(new RunOutcome.Rejected(status, rejected.code()));
            }
        } else {
            interrupted(Reason.SUPERSEDED);
        }
    }

    private void sendAgain(Submission mine) {
        if (!mine.equals(inFlight)) {
            return;
        }
        if (told) {
            inFlight = null;
            end();
        } else {
            send(mine);
        }
    }

    /** Its entry came before this answer; only after a run that was begun twice its fence has to be asked for. */
    private void goOnAfterRepetition(Submission mine) {
        if (mine.operations().get(0) instanceof Operation.StartRun) {
            open();
        } else {
            accepted(mine);
        }
    }

    private void interrupted(Reason reason) {
        if (told) {
            endUnlessInFlight();
        } else {
            tell(new RunOutcome.Interrupted(status.as(State.INTERRUPTED), reason));
        }
    }

    private void tell(RunOutcome outcome) {
        if (!told) {
            told = true;
            waiting.setLength(0);
            caller.tell(outcome);
        }
        endUnlessInFlight();
    }

    /** What is in flight is waited for, so that who goes on with the run finds it decided. */
    private void endUnlessInFlight() {
        if (inFlight == null) {
            end();
        }
    }

    private void end() {
        if (!gone) {
            gone = true;
            shard.leave(request.name().key(), this);
            ended.accept(this);
        }
        Runnable next = successor;
        successor = null;
        if (next != null) {
            next.run();
        }
    }
}
