package dev.parley.gateway.http;

import dev.parley.gateway.shard.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;

/** Answers requests whose body is read as it comes, over minutes if need be. On the event loop of the connection. */
public interface StreamedRoute {

    /** From any thread. */
    boolean takes(HttpRequest head);

    Upload begin(HttpRequest head, Exchange exchange);

    /** Takes the body. It gets nothing until it asked for it with {@link Exchange#more}, and then one piece. */
    interface Upload {

        /** {@code piece} is released when this returns. */
        void read(ByteBuf piece);

        /** The body was read to its end. */
        void end();

        /** There is nobody to answer any more. */
        void abort();
    }

    /** The connection, as the route sees it. */
    interface Exchange {

        Loop loop();

        /** Runs a task on the loop, later. */
        void after(long millis, Runnable task);

        void more();

        /** Once. Before the end of the body it ends the connection too. */
        void answer(Page page);
    }
}
