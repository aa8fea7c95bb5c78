package dev.parley.gateway.store.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.protocol.CommandHandler;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of commands whose connection is lost. Lettuce sends those without an answer again on the next one, in their
 * order. But the first of them may have half an answer, which Lettuce would take for the beginning of the next: so that one
 * fails, and whoever asked asks again. On the threads of the connections; {@link #askAgain} is for any.
 */
final class LostAnswers implements NettyCustomizer {
    private static final int TRIES = 20;

    /** What became of a command is unknown. */
    private static final class LostAnswerException extends RedisException {
        private static final long serialVersionUID = 1;

        LostAnswerException() {
            super("the connection was lost before the answer");
        }
    }

    @Override
    public void afterChannelInitialized(Channel channel) {
        // First, where nothing but the socket's own exceptions comes by.
        channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                if (cause instanceof IOException) {
                    context.close();
                } else {
                    context.fireExceptionCaught(cause);
                }
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                CommandHandler commands = context.pipeline().get(CommandHandler.class);
                RedisCommand<?, ?, ?> first =
                        commands == null ? null : commands.getStack().peek();
                if (first != null) {
                    first.completeExceptionally(new LostAnswerException());
                }
                context.fireChannelInactive();
            }
        });
    }

    static boolean isLost(@Nullable Throwable failure) {
        return failure instanceof LostAnswerException
                || (failure instanceof CompletionException && failure.getCause() instanceof LostAnswerException);
    }

    /** Asks, and asks again if the answer was lost: what must be such that twice is once. */
    static <T> CompletionStage<T> askAgain(Supplier<? extends CompletionStage<T>> question) {
        return askAgain(question, TRIES);
    }

    private static <T> CompletionStage<T> askAgain(Supplier<? extends CompletionStage<T>> question, int tries) {
        return question.get()
                .exceptionallyCompose(failure -> isLost(failure) && tries > 1
                        ? askAgain(question, tries - 1)
                        : CompletableFuture.failedFuture(failure));
    }
}
