package dev.parley.load;

import dev.parley.load.check.Log;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Leave;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads whole logs back as a new member of staff would: a replica that has nothing, and says that it has work pending, gets
 * every entry from the first on. On its event loop.
 */
final class LogReader implements GatewayConnection.Listener {
    private final String token;
    private final Deque<String> waiting;
    private final List<Log> logs = new ArrayList<>();
    private final CompletableFuture<List<Log>> result = new CompletableFuture<>();
    private final GatewayConnection connection;

    private LogReader(EventLoop loop, URI url, String token, Collection<String> conversations) {
        this.token = token;
        this.waiting = new ArrayDeque<>(conversations);
        this.connection = GatewayConnection.open(loop, url, this);
    }

    /** {@code token} is of somebody on the staff. */
    static CompletableFuture<List<Log>> read(EventLoop loop, URI url, String token, Collection<String> conversations) {
        CompletableFuture<List<Log>> read = new CompletableFuture<>();
        loop.execute(() -> new LogReader(loop, url, token, conversations).result.whenComplete((logs, failure) -> {
            if (failure == null) {
                read.complete(logs);
            } else {
                read.completeExceptionally(failure);
            }
        }));
        return read;
    }

    @Override
    public void connected() {
        Hello hello = Hello.newBuilder()
                .setProtocolVersion(ProtocolVersion.CURRENT)
                .setToken(token)
                .setSession("log-reader")
                .setClient("parley-load/log-reader")
                .build();
        connection.send(List.of(ClientFrame.newBuilder().setHello(hello).build()));
        openNext();
    }

    private void openNext() {
        String conversation = waiting.poll();
        if (conversation == null) {
            connection.close();
            result.complete(List.copyOf(logs));
            return;
        }
        connection.send(List.of(ClientFrame.newBuilder()
                .setOpen(Open.newBuilder().setConversation(conversation).setPending(true))
                .build()));
    }

    @Override
    public void received(ServerFrames frames) {
        for (ServerFrame frame : frames.getFramesList()) {
            switch (frame.getKindCase()) {
                case OPENED -> opened(frame.getOpened());
                case OPEN_FAILED -> fail("open failed: " + frame.getOpenFailed().getCode());
                case FAILURE -> fail("failure: " + frame.getFailure().getCode());
                default -> {}
            }
        }
    }

    private void opened(Opened opened) {
        if (!opened.hasEntries() || opened.getEntries().getFrom() != 0) {
            fail("a replica with nothing and work pending got " + opened.getCatchUpCase() + " from "
                    + opened.getEntries().getFrom());
            return;
        }
        logs.add(new Log(
                opened.getConversation(),
                opened.getEntries().getEntriesList(),
                opened.getEntries().getTo()));
        connection.send(List.of(ClientFrame.newBuilder()
                .setLeave(Leave.newBuilder().setHandle(opened.getHandle()))
                .build()));
        openNext();
    }

    @Override
    public void ended(int closeCode) {
        fail("the connection ended with " + closeCode);
    }

    @Override
    public void failed(Throwable cause) {
        result.completeExceptionally(cause);
    }

    private void fail(String why) {
        connection.cut();
        result.completeExceptionally(new IllegalStateException(why));
    }
}
