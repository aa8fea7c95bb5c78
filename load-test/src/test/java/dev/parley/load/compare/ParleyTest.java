package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.load.TokenMint;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.Blocks;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.Refused;
import dev.parley.wire.v1.RejectCode;
import dev.parley.wire.v1.Rejected;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import dev.parley.wire.v1.Submit;
import dev.parley.wire.v1.View;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The generator's tabs against a gateway that a test plays, byte by byte. */
final class ParleyTest {
    private static final int ACKNOWLEDGE_MILLIS = 1_000;

    private final Tally tally = new Tally();
    private final Ledger ledger = new Ledger(0, tally, operations -> {});
    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Wire wire = new Wire(loop.eventLoop());
    private final Parley parley = new Parley(
            new TokenMint("a secret that is long enough for HS256", Clock.systemUTC()),
            new Random(1),
            ACKNOWLEDGE_MILLIS);
    private final Dialect.Room room = parley.room(ledger, wire);
    private final List<EmbeddedChannel> tabs = new ArrayList<>();
    private int ready;

    @BeforeEach
    void fourTabsAreOpen() {
        loop.freezeTime();
        for (int number = 0; number < Shape.TABS; number++) {
            EmbeddedChannel tab = new EmbeddedChannel(new Socket(wire, room.tab(number, () -> ready++)));
            tabs.add(tab);
            tab.writeInbound(
                    Unpooled.copiedBuffer("HTTP/1.1 101 Switching Protocols\r\n\r\n", StandardCharsets.US_ASCII));
            said(number);
            tell(number, opened(1));
        }
        assertThat(ready).isEqualTo(Shape.TABS);
    }

    @AfterEach
    void close() {
        tabs.forEach(EmbeddedChannel::finishAndReleaseAll);
        loop.finishAndReleaseAll();
    }

    @Test
    void whatWasTypedIsAcknowledgedAndDeliveredWhenItsEntryComes() {
        type(1);
        Submit submit = submitted();
        for (int tab = 0; tab < Shape.TABS; tab++) {
            tell(tab, entries(1, entry(submit, 2)));
        }

        assertThat(tally.samples()).isEmpty();
        assertThat(ledger.isSettled()).isTrue();
        assertThat(submit.getBase().getRevision()).isEqualTo(1);
    }

    @Test
    void whatIsTypedMeanwhileIsOneSubmissionOnWhatCameBefore() {
        type(1);
        Submit first = submitted();
        type(3);
        assertThat(said(0)).isEmpty();
        tell(0, entries(1, entry(first, 2)));
        Submit second = submitted();
        tell(0, entries(2, entry(second, 3)));
        tell(1, entries(1, entry(first, 2), entry(second, 3)));

        assertThat(second.getSeq()).isEqualTo(2);
        assertThat(second.getBase().getRevision()).isEqualTo(2);
        assertThat(second.getOperationsList()).hasSize(1);
        assertThat(second.getOperations(0).getEditText().getBaseLength()).isEqualTo(1);
        assertThat(tally.samples()).isEmpty();
        assertThat(ledger).asString().contains("4 typed, 4 acknowledged, delivered 4, 0, 0");
    }

    @Test
    void anEntryWithAnotherCharacterIsFound() {
        type(1);
        Entry entry = entry(submitted(), 2);
        Entry.Builder changed = entry.toBuilder();
        changed.getEffectsBuilder(0).getCreateBuilder().setText("?");
        tell(1, entries(1, changed.build()));

        assertThat(tally.samples()).singleElement().asString().contains("something else than submission 1");
    }

    @Test
    void anEntryThatComesTwiceIsFound() {
        type(1);
        Entry entry = entry(submitted(), 2);
        tell(1, entries(1, entry));
        tell(1, entries(2, entry.toBuilder().setRevision(3).build()));

        assertThat(tally.samples()).singleElement().asString().contains("submission 1 where 2 was next");
    }

    @Test
    void anEntryOfAnotherOutboxIsFound() {
        type(1);
        tell(1, entries(1, entry(submitted(), 2).toBuilder().setOutbox("other").build()));

        assertThat(tally.violations()).isEqualTo(1);
    }

    @Test
    void aGapBetweenEntriesIsFound() {
        type(1);
        tell(1, entries(2, entry(submitted(), 3)));

        assertThat(tally.samples()).anyMatch(sample -> sample.contains("entries from 2"));
    }

    @Test
    void whatIsNoMessageIsFound() {
        tabs.get(1).writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) 0x82, 2, 0x0a, 9}));

        assertThat(tally.samples()).singleElement().asString().contains("what cannot be read");
    }

    @Test
    void whatIsRefusedIsSentAgainAfterTheDelay() {
        type(1);
        Submit submit = submitted();
        tally.open(System.nanoTime(), TimeUnit.MINUTES.toNanos(1));
        tell(
                0,
                answer(submit)
                        .setRefused(Refused.newBuilder()
                                .setCode(RefuseCode.OVERLOADED)
                                .setDelayMillis(50)));
        advance(49);
        assertThat(said(0)).isEmpty();
        advance(1);

        assertThat(submitted()).isEqualTo(submit);
        assertThat(tally.refused()).isEqualTo(1);
        assertThat(tally.samples()).isEmpty();
    }

    @Test
    void whatIsRejectedIsAViolation() {
        type(1);
        tell(0, answer(submitted()).setRejected(Rejected.newBuilder().setCode(RejectCode.FORBIDDEN)));

        assertThat(tally.samples()).singleElement().asString().contains("REJECTED");
    }

    @Test
    void aTabThatWasTooSlowIsDeliveredWhatTheBlocksCover() {
        type(1);
        submitted();
        tell(2, opened(2));

        assertThat(tally.samples()).isEmpty();
        assertThat(tally.skipped()).isEqualTo(1);
        assertThat(ledger).asString().contains("delivered 0, 1, 0");
    }

    @Test
    void aTabSaysAfterAWhileWhatItHas() {
        type(1);
        tell(1, entries(1, entry(submitted(), 2)));
        advance(ACKNOWLEDGE_MILLIS);

        assertThat(said(1)).singleElement().satisfies(frame -> assertThat(
                        frame.getAcknowledge().getRevision())
                .isEqualTo(2));
    }

    @Test
    void aFrameThatComesInPiecesIsOneFrame() {
        type(1);
        ByteBuf bytes = frame(entries(1, entry(submitted(), 2)));
        while (bytes.isReadable()) {
            tabs.get(1).writeInbound(bytes.readRetainedSlice(1));
        }
        bytes.release();

        assertThat(tally.samples()).isEmpty();
        assertThat(ledger).asString().contains("delivered 1, 0, 0");
    }

    @Test
    void aConnectionThatEndsIsAViolation() {
        tabs.get(3).close();

        assertThat(tally.samples()).singleElement().asString().contains("tab 3 broke");
    }

    private void type(int characters) {
        for (int i = 0; i < characters; i++) {
            long now = System.nanoTime();
            room.type(ledger.typed(now), now);
        }
    }

    private void advance(int millis) {
        loop.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        loop.runScheduledPendingTasks();
        loop.runPendingTasks();
    }

    private Submit submitted() {
        List<ClientFrame> frames = said(0);
        assertThat(frames).singleElement().matches(ClientFrame::hasSubmit);
        return frames.get(0).getSubmit();
    }

    /** What a tab has sent since the last call, unmasked. */
    private List<ClientFrame> said(int tab) {
        loop.runPendingTasks();
        List<ClientFrame> frames = new ArrayList<>();
        ByteBuf out = tabs.get(tab).readOutbound();
        while (out != null) {
            while (out.isReadable()) {
                assertThat(out.readUnsignedByte()).isEqualTo((short) 0x82);
                int length = out.readUnsignedByte() & 0x7f;
                length = length == 126 ? out.readUnsignedShort() : length;
                byte[] mask = new byte[4];
                out.readBytes(mask);
                byte[] payload = new byte[length];
                out.readBytes(payload);
                for (int i = 0; i < length; i++) {
                    payload[i] ^= mask[i % 4];
                }
                try {
                    frames.addAll(ClientFrames.parseFrom(payload).getFramesList());
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
            out.release();
            out = tabs.get(tab).readOutbound();
        }
        return frames;
    }

    private void tell(int tab, ServerFrame.Builder frame) {
        tabs.get(tab).writeInbound(frame(frame));
    }

    private void tell(int tab, Answer.Builder answer) {
        tell(tab, ServerFrame.newBuilder().setAnswer(answer));
    }

    private static ByteBuf frame(ServerFrame.Builder frame) {
        byte[] payload = ServerFrames.newBuilder().addFrames(frame).build().toByteArray();
        ByteBuf bytes = Unpooled.buffer().writeByte(0x82);
        if (payload.length < 126) {
            bytes.writeByte(payload.length);
        } else {
            bytes.writeByte(126).writeShort(payload.length);
        }
        return bytes.writeBytes(payload);
    }

    private static ServerFrame.Builder opened(long revision) {
        return ServerFrame.newBuilder()
                .setOpened(Opened.newBuilder()
                        .setHandle(1)
                        .setBlocks(Blocks.newBuilder().setPosition(position(revision))));
    }

    private static Position.Builder position(long revision) {
        return Position.newBuilder()
                .setRevision(revision)
                .setHead(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) revision}));
    }

    private static Answer.Builder answer(Submit submit) {
        return Answer.newBuilder()
                .setHandle(submit.getHandle())
                .setOutbox(submit.getOutbox())
                .setSeq(submit.getSeq());
    }

    private static ServerFrame.Builder entries(long from, Entry... entries) {
        return ServerFrame.newBuilder()
                .setEntries(Entries.newBuilder()
                        .setHandle(1)
                        .setFrom(from)
                        .setTo(position(entries[entries.length - 1].getRevision()))
                        .addAllEntries(List.of(entries)));
    }

    private static Entry entry(Submit submit, long revision) {
        Entry.Builder entry = Entry.newBuilder()
                .setRevision(revision)
                .setTimeMillis(1)
                .setOutbox(submit.getOutbox())
                .setSeq(submit.getSeq())
                .setContentId(submit.getContentId());
        for (Operation operation : submit.getOperationsList()) {
            Effect.Builder effect = entry.addEffectsBuilder().setAudience(View.PUBLIC);
            if (operation.hasCreateBlock()) {
                Operation.CreateBlock create = operation.getCreateBlock();
                effect.getCreateBuilder()
                        .setBlock(create.getBlock())
                        .setKind(create.getKind())
                        .setText(create.getText());
            } else {
                effect.getEditTextBuilder()
                        .setBlock(operation.getEditText().getBlock())
                        .setBaseLength(operation.getEditText().getBaseLength())
                        .setEdit(operation.getEditText().getEdit());
            }
        }
        return entry.build();
    }
}
