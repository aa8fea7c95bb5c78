package dev.parley.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * What Redis says on one connection, one value after the other, some of which are lost. It understands as much of RESP 2 and 3
 * as is needed to see where a value ends, and whether it is a message on a channel. On the proxy's loop.
 */
final class RedisWords extends ByteToMessageDecoder {
    /** The connection is to be reset after what was passed on. */
    static final Object CUT = new Object();

    private static final List<String> MESSAGES = List.of("message", "smessage", "pmessage");

    private final Supplier<RedisLosses> losses;

    RedisWords(Supplier<RedisLosses> losses) {
        this.losses = losses;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int end = end(in);
        if (end < 0) {
            return;
        }
        int length = end - in.readerIndex();
        if (isMessage(in)) {
            if (losses.get().losesMessage()) {
                in.skipBytes(length);
            } else {
                out.add(in.readRetainedSlice(length));
            }
        } else if (losses.get().losesReply()) {
            context.fireChannelRead(in.readRetainedSlice(length / 2));
            context.fireUserEventTriggered(CUT);
            in.skipBytes(in.readableBytes());
        } else {
            out.add(in.readRetainedSlice(length));
        }
    }

    /** Where the value that begins here ends; negative if that has not come yet. */
    private static int end(ByteBuf in) {
        int at = in.readerIndex();
        for (long values = 1; values > 0; values--) {
            int line = in.indexOf(at, in.writerIndex(), (byte) '\n');
            if (line < 0) {
                return -1;
            }
            long count = count(in, at, line);
            int type = in.getByte(at);
            at = line + 1;
            switch (type) {
                case '$', '!', '=' -> at += count < 0 ? 0 : (int) count + 2;
                case '*', '~', '>' -> values += Math.max(0, count);
                case '%' -> values += 2 * count;
                // Attributes stand before the value they are of.
                case '|' -> values += 2 * count + 1;
                default -> {}
            }
            if (at > in.writerIndex()) {
                return -1;
            }
        }
        return at;
    }

    /** The number in a line; of a line that has none it does not matter. */
    private static long count(ByteBuf in, int at, int line) {
        return switch (in.getByte(at)) {
            case '$', '!', '=', '*', '~', '>', '%', '|' ->
                Long.parseLong(in.toString(at + 1, line - at - 2, StandardCharsets.US_ASCII));
            default -> 0;
        };
    }

    private static boolean isMessage(ByteBuf in) {
        int at = in.readerIndex();
        if (in.getByte(at) != '>' && in.getByte(at) != '*') {
            return false;
        }
        int first = in.indexOf(at, in.writerIndex(), (byte) '\n') + 1;
        return first < in.writerIndex()
                && in.getByte(first) == '$'
                && MESSAGES.contains(word(in, in.indexOf(first, in.writerIndex(), (byte) '\n') + 1));
    }

    private static String word(ByteBuf in, int at) {
        int end = in.indexOf(at, in.writerIndex(), (byte) '\r');
        return end < 0 ? "" : in.toString(at, end - at, StandardCharsets.US_ASCII);
    }
}
