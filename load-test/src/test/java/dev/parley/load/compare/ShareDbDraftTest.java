package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two writers of one document against a server that a test plays. */
final class ShareDbDraftTest {
    private final Tally tally = new Tally();
    private final List<Ledger> ledgers =
            List.of(Ledger.ofWriter(0, 2, tally, operations -> {}), Ledger.ofWriter(1, 2, tally, operations -> {}));
    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Wire wire = new Wire(loop.eventLoop());
    private final Dialect.Draft draft = new ShareDb(new Random(1)).draft(0, ledgers, wire);
    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private int ready;

    @BeforeEach
    void bothTakePart() {
        for (int writer = 0; writer < 2; writer++) {
            EmbeddedChannel channel = new EmbeddedChannel(new Socket(wire, draft.writer(writer, () -> ready++)));
            channels.add(channel);
            channel.writeInbound(
                    Unpooled.copiedBuffer("HTTP/1.1 101 Switching Protocols\r\n\r\n", StandardCharsets.US_ASCII));
            tell(writer, "{\"a\":\"hs\",\"id\":\"w" + writer + "\"}");
            tell(writer, "{\"a\":\"s\"}");
        }
        tell(0, "{\"a\":\"op\",\"v\":0,\"seq\":1}");
        assertThat(ready).isEqualTo(2);
    }

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
        loop.finishAndReleaseAll();
    }

    @Test
    void whatBothTypeAtOnceIsWhereTheServerSaysItIs() {
        String first = typed(0);
        String second = typed(1);
        tell(0, "{\"src\":\"w0\",\"seq\":2,\"v\":1,\"a\":\"op\"}");
        tell(1, operation(1, "w0", 2, "[1,\"" + first + "\"]"));
        tell(1, "{\"src\":\"w1\",\"seq\":1,\"v\":2,\"a\":\"op\"}");
        tell(0, operation(2, "w1", 1, "[3,\"" + second + "\"]"));

        assertThat(tally.samples()).isEmpty();
        assertThat(ledgers).allMatch(Ledger::isSettled);
    }

    @Test
    void whatComesBeforeItsTurnWaitsAndWhatComesOnceMoreIsNotCounted() {
        String first = typed(0);
        String second = typed(1);
        tell(0, operation(2, "w1", 1, "[3,\"" + second + "\"]"));
        tell(0, "{\"src\":\"w0\",\"seq\":2,\"v\":1,\"a\":\"op\"}");
        tell(0, operation(2, "w1", 1, "[3,\"" + second + "\"]"));
        tell(1, operation(1, "w0", 2, "[1,\"" + first + "\"]"));
        tell(1, "{\"src\":\"w1\",\"seq\":1,\"v\":2,\"a\":\"op\"}");

        assertThat(tally.samples()).isEmpty();
        assertThat(ledgers).allMatch(Ledger::isSettled);
    }

    @Test
    void anOperationAtAnotherPlaceThanItsWriterHasItIsFound() {
        String first = typed(0);
        tell(0, "{\"src\":\"w0\",\"seq\":2,\"v\":1,\"a\":\"op\"}");
        tell(1, operation(1, "w0", 2, "[2,\"" + first + "\"]"));

        assertThat(tally.violations()).isEqualTo(1);
    }

    @Test
    void anOperationThatNobodySubmittedIsFound() {
        tell(1, operation(1, "w0", 2, "[1,\"x\"]"));

        assertThat(tally.samples()).singleElement().asString().contains("nobody submitted");
    }

    private static String operation(int version, String source, int seq, String op) {
        return "{\"a\":\"op\",\"c\":\"drafts\",\"d\":\"0\",\"v\":" + version + ",\"src\":\"" + source + "\",\"seq\":"
                + seq + ",\"op\":" + op + "}";
    }

    /** What the writer's next key is. */
    private String typed(int writer) {
        said(writer);
        long now = System.nanoTime();
        draft.type(writer, ledgers.get(writer).typed(now), now);
        String message = said(writer);
        return message.substring(message.lastIndexOf("\"]}") - 1, message.lastIndexOf("\"]}"));
    }

    private void tell(int writer, String message) {
        byte[] payload = message.getBytes(StandardCharsets.US_ASCII);
        channels.get(writer)
                .writeInbound(Unpooled.buffer()
                        .writeByte(0x81)
                        .writeByte(payload.length)
                        .writeBytes(payload));
    }

    /** What it has sent since the last call, unmasked and without heads. */
    private String said(int writer) {
        loop.runPendingTasks();
        StringBuilder all = new StringBuilder();
        for (ByteBuf out = channels.get(writer).readOutbound(); out != null; ) {
            while (out.isReadable()) {
                int kind = out.readUnsignedByte();
                if (kind != 0x81) {
                    out.skipBytes(out.readableBytes());
                    continue;
                }
                int length = out.readUnsignedByte() & 0x7f;
                length = length == 126 ? out.readUnsignedShort() : length;
                byte[] mask = new byte[4];
                out.readBytes(mask);
                for (int i = 0; i < length; i++) {
                    all.append((char) (out.readByte() ^ mask[i % 4]));
                }
            }
            out.release();
            out = channels.get(writer).readOutbound();
        }
        return all.toString();
    }
}
