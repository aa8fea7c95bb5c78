package dev.parley.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.parley.wire.Fixed64;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.Submit;
import dev.parley.wire.v1.TextEdit;
import dev.parley.wire.v1.View;
import java.io.IOException;
import java.util.List;

/** One conversation opened on a raw socket, for submissions that no replica would make. Blocking, for one thread. */
final class RawChat implements AutoCloseable {
    private final RawSocket socket;
    private final Opened opened;
    private Position base;

    private RawChat(RawSocket socket, Opened opened) {
        this.socket = socket;
        this.opened = opened;
        this.base = opened.hasBlocks()
                ? opened.getBlocks().getPosition()
                : opened.getEntries().getTo();
    }

    /** A visitor's own chat. */
    static RawChat open(int port, String token) throws IOException {
        return open(port, token, Open.newBuilder().setName("chat").build());
    }

    static RawChat open(int port, String token, Open request) throws IOException {
        RawSocket socket = RawSocket.welcomed(port, token);
        socket.send(ClientFrame.newBuilder().setOpen(request).build());
        // A visitor is also told of conversations that it did not open, without a name.
        ServerFrame answer = socket.await(
                frame -> frame.hasOpened() && frame.getOpened().getName().equals(request.getName()));
        return new RawChat(socket, answer.getOpened());
    }

    RawSocket socket() {
        return socket;
    }

    Opened opened() {
        return opened;
    }

    /** Where the conversation was at the last entry that came. */
    Position base() {
        return base;
    }

    Submit.Builder submission(String outbox, long seq, long contentId, Operation... operations) {
        return Submit.newBuilder()
                .setHandle(opened.getHandle())
                .setOutbox(outbox)
                .setSeq(seq)
                .setContentId(Fixed64.encode(contentId))
                .setBase(base)
                .addAllOperations(List.of(operations));
    }

    void send(Submit.Builder submission) throws IOException {
        socket.send(ClientFrame.newBuilder().setSubmit(submission).build());
    }

    void submit(String outbox, long seq, long contentId, Operation... operations) throws IOException {
        send(submission(outbox, seq, contentId, operations));
    }

    /** The next entries, or the next answer that is none. */
    ServerFrame awaitAnswer() throws IOException {
        ServerFrame answer = socket.await(frame -> frame.hasAnswer() || frame.hasEntries());
        if (answer.hasEntries()) {
            base = answer.getEntries().getTo();
        }
        return answer;
    }

    /** The answer to this submission, or the entries that have it. What comes before is taken in. */
    ServerFrame awaitAnswerTo(String outbox, long seq) throws IOException {
        while (true) {
            ServerFrame frame = awaitAnswer();
            boolean own = frame.hasEntries()
                    ? frame.getEntries().getEntriesList().stream()
                            .anyMatch(entry -> entry.getOutbox().equals(outbox) && entry.getSeq() == seq)
                    : frame.getAnswer().getOutbox().equals(outbox)
                            && frame.getAnswer().getSeq() == seq;
            if (own) {
                return frame;
            }
        }
    }

    /** Takes in what comes until the base is this revision or a later one. */
    void awaitRevision(long revision) throws IOException {
        while (base.getRevision() < revision) {
            awaitAnswer();
        }
    }

    static Operation message(String block, String text) {
        return create(block, BlockKind.MESSAGE, View.PUBLIC, text);
    }

    static Operation create(String block, BlockKind kind, View audience, String text) {
        Operation.Builder operation = Operation.newBuilder();
        operation
                .getCreateBlockBuilder()
                .setBlock(block)
                .setKind(kind)
                .setAudience(audience)
                .setText(text);
        return operation.build();
    }

    /** {@code spans} and {@code inserts} as on the wire, right or wrong. */
    static Operation edit(String block, int baseLength, List<Integer> spans, String... inserts) {
        Operation.Builder operation = Operation.newBuilder();
        operation
                .getEditTextBuilder()
                .setBlock(block)
                .setBaseLength(baseLength)
                .setEdit(TextEdit.newBuilder().addAllSpans(spans).addAllInserts(List.of(inserts)));
        return operation.build();
    }

    static Operation set(String target, String key, String value) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getSetAttributeBuilder().setTarget(target).setKey(key).setValue(value);
        return operation.build();
    }

    static Operation advance(String key, long revision) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getAdvanceBuilder().setKey(key).setRevision(revision);
        return operation.build();
    }

    static Operation merge(String block, String into) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getMergeBlocksBuilder().setBlock(block).setInto(into);
        return operation.build();
    }

    static Operation publish(String block) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getPublishDraftBuilder().setBlock(block);
        return operation.build();
    }

    static Operation move(String block, String rank) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getMoveBlockBuilder().setBlock(block).setRank(rank);
        return operation.build();
    }

    /** For the range of a text that is so long. */
    static Operation anchor(String block, int baseLength, String suggestion, int start, int end) {
        Operation.Builder operation = Operation.newBuilder();
        operation
                .getPlaceAnchorBuilder()
                .setBlock(block)
                .setBaseLength(baseLength)
                .setSuggestion(suggestion)
                .setStart(start)
                .setEnd(end);
        return operation.build();
    }

    static Operation suggestion(String block, String target, String text) {
        Operation.Builder operation = create(block, BlockKind.SUGGESTION, View.STAFF, text).toBuilder();
        operation
                .getCreateBlockBuilder()
                .addAttributesBuilder()
                .setKey("target")
                .setValue(target);
        return operation.build();
    }

    static Operation takeOver(String block) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getTakeOverBuilder().setBlock(block);
        return operation.build();
    }

    static Operation accept(String suggestion) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getAcceptSuggestionBuilder().setBlock(suggestion);
        return operation.build();
    }

    static Operation dismiss(String suggestion) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getDismissSuggestionBuilder().setBlock(suggestion);
        return operation.build();
    }

    static Operation closing() {
        Operation.Builder operation = Operation.newBuilder();
        operation.getCloseConversationBuilder();
        return operation.build();
    }

    static Operation reopening() {
        Operation.Builder operation = Operation.newBuilder();
        operation.getReopenConversationBuilder();
        return operation.build();
    }

    static Operation redact(String block) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getRedactBuilder().setBlock(block);
        return operation.build();
    }

    static Operation link(String visitor, String name) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getLinkBuilder().setVisitor(visitor).setName(name);
        return operation.build();
    }

    static Operation startRun(String block, String run) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getStartRunBuilder().setBlock(block).setRun(run);
        return operation.build();
    }

    static Operation appendText(String block, String run, long fence, String text) {
        Operation.Builder operation = Operation.newBuilder();
        operation
                .getAppendTextBuilder()
                .setBlock(block)
                .setRun(run)
                .setFence(fence)
                .setText(text);
        return operation.build();
    }

    static Operation finishRun(String block, String run, long fence) {
        Operation.Builder operation = Operation.newBuilder();
        operation.getFinishRunBuilder().setBlock(block).setRun(run).setFence(fence);
        return operation.build();
    }

    /** As a later version of the protocol might have it. */
    static Operation unknown() throws IOException {
        int fieldNumber = 200;
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(fieldNumber, "new");
        out.flush();
        return Operation.parseFrom(bytes.toByteString());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
