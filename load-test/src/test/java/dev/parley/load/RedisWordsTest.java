package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RedisWordsTest {
    private static final String MESSAGE = ">3\r\n$8\r\nsmessage\r\n$2\r\nch\r\n$4\r\n\r\n>*\r\n";
    private static final String OLD_MESSAGE = "*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$0\r\n\r\n";
    private static final List<String> REPLIES = List.of(
            "+OK\r\n",
            "-NOSCRIPT no\r\n",
            ":7\r\n",
            "_\r\n",
            "#t\r\n",
            "$-1\r\n",
            "$4\r\n\r\n>3\r\n",
            "*-1\r\n",
            "*0\r\n",
            "*3\r\n:1\r\n*2\r\n$1\r\na\r\n_\r\n+x\r\n",
            "%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*1\r\n:2\r\n",
            "|1\r\n+ttl\r\n:1\r\n$1\r\na\r\n",
            ">3\r\n$10\r\nssubscribe\r\n$2\r\nch\r\n:1\r\n");

    private final List<Object> events = new ArrayList<>();

    private EmbeddedChannel channel(RedisLosses losses) {
        return new EmbeddedChannel(new RedisWords(() -> losses), new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
                events.add(event);
            }
        });
    }

    private static void byteByByte(EmbeddedChannel channel, String text) {
        for (byte each : text.getBytes(StandardCharsets.US_ASCII)) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {each}));
        }
    }

    private static List<String> passed(EmbeddedChannel channel) {
        List<String> all = new ArrayList<>();
        for (ByteBuf bytes = channel.readInbound(); bytes != null; bytes = channel.readInbound()) {
            all.add(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }
        channel.finishAndReleaseAll();
        return all;
    }

    @Test
    void passesEachValueWhenItIsWhole() {
        EmbeddedChannel channel = channel(RedisLosses.NONE);
        List<String> all = new ArrayList<>(REPLIES);
        all.add(MESSAGE);
        all.add(OLD_MESSAGE);

        byteByByte(channel, String.join("", all));

        assertThat(passed(channel)).isEqualTo(all);
    }

    @Test
    void losesMessagesOnChannelsAndNothingElse() {
        RedisLosses losses = RedisLosses.of(100, 0, new SplittableRandom(1));
        EmbeddedChannel channel = channel(losses);

        byteByByte(channel, MESSAGE + String.join(MESSAGE, REPLIES) + OLD_MESSAGE);

        assertThat(passed(channel)).isEqualTo(REPLIES);
        assertThat(losses.messages()).hasValue(REPLIES.size() + 1);
    }

    @Test
    void cutsInTheMiddleOfAReplyAndPassesNothingAfterIt() {
        RedisLosses losses = RedisLosses.of(0, 100, new SplittableRandom(1));
        EmbeddedChannel channel = channel(losses);

        channel.writeInbound(Unpooled.copiedBuffer(MESSAGE + "$4\r\nabcd\r\n+OK\r\n", StandardCharsets.US_ASCII));

        assertThat(passed(channel)).containsExactly(MESSAGE, "$4\r\na");
        assertThat(events).containsExactly(RedisWords.CUT);
        assertThat(losses.replies()).hasValue(1);
    }
}
