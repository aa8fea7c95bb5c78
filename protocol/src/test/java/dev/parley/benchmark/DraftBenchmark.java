package dev.parley.benchmark;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectedException;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.Transform;
import dev.parley.conversation.View;
import dev.parley.ot.TextEdit;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.SubmissionCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Submit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A keystroke in a draft that 50 people have written 40 characters each of. On the harness's thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DraftBenchmark {
    private static final int WRITERS = 50;
    private static final int LENGTH = 40;
    private static final String OUTBOX = "5a1c0d3e9f7b2468";
    private static final String DRAFT = OUTBOX + ".1";

    private final ConversationState state = new ConversationState(View.STAFF);
    private final List<Entry> concurrent = new ArrayList<>();
    private final List<Effect> keystroke;
    private final Entry entry;
    private final byte[] entryBytes;
    private final Submission submission;
    private final byte[] submitBytes;

    public DraftBenchmark() {
        long revision = 0;
        for (int writer = 0; writer < WRITERS; writer++) {
            String text = Character.toString('a' + writer % 26).repeat(LENGTH);
            Effect effect = writer == 0
                    ? new Effect.Create(DRAFT, BlockKind.DRAFT, View.STAFF, text, Attributes.NONE)
                    : edit(writer * LENGTH, TextEdit.insert(writer * LENGTH, text));
            state.apply(entry(++revision, writer, effect));
        }
        int length = WRITERS * LENGTH;
        TextEdit typed = TextEdit.insert(length / 2, "e");
        keystroke = List.of(edit(length, typed));
        entry = entry(revision + 1, WRITERS / 2, keystroke.get(0));
        entryBytes = EntryCodec.encode(entry);
        for (int writer = 1; writer < WRITERS; writer++) {
            concurrent.add(
                    entry(revision + writer, writer, edit(length++, TextEdit.insert(writer * (LENGTH + 1), "x"))));
        }
        submission = new Submission(
                new SubmissionId(OUTBOX, 17, 0x123456789abcdefL),
                new Position(revision, 0x0011223344556677L),
                List.of(new Operation.EditText(DRAFT, WRITERS * LENGTH, typed)),
                0);
        submitBytes = SubmissionCodec.encode(3, submission).toByteArray();
    }

    private static Effect.EditText edit(int baseLength, TextEdit edit) {
        return new Effect.EditText(DRAFT, baseLength, edit, View.STAFF);
    }

    private static Entry entry(long revision, int writer, Effect effect) {
        return new Entry(
                revision,
                new Author("agent-" + writer, Role.AGENT, "Agent " + writer),
                1_700_000_000_000L + revision,
                new SubmissionId(OUTBOX, revision, Long.rotateLeft(0x9e3779b97f4a7c15L, (int) revision)),
                "",
                List.of(effect),
                0);
    }

    /** The submission of one of 50 who all write: the 49 others came before it. */
    @Benchmark
    public List<Effect> transformPast49Entries() throws RejectedException {
        List<Effect> moved = keystroke;
        for (Entry earlier : concurrent) {
            moved = Transform.past(
                    moved, Role.AGENT, earlier.effects(), earlier.author().role());
        }
        return moved;
    }

    /** With authorship. Taken back, so that the draft stays as it is. */
    @Benchmark
    public long applyEntry() {
        ConversationState.Undo undo = state.apply(entry);
        long weight = state.weightBytes();
        state.undo(undo);
        return weight;
    }

    @Benchmark
    public byte[] encodeEntry() {
        return EntryCodec.encode(entry);
    }

    @Benchmark
    public Entry decodeEntry() throws WireException {
        return EntryCodec.decode(entryBytes);
    }

    @Benchmark
    public byte[] encodeSubmission() {
        return SubmissionCodec.encode(3, submission).toByteArray();
    }

    @Benchmark
    public Submission decodeSubmission() throws WireException, InvalidProtocolBufferException {
        return SubmissionCodec.decode(Submit.parseFrom(submitBytes));
    }
}
