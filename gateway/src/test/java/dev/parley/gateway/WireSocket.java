package dev.parley.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.wire.KeystrokesCodec;
import dev.parley.wire.PositionCodec;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.SubmissionCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Somebody's socket in a test: it opens a conversation and submits one operation after the other. */
public final class WireSocket implements AutoCloseable {
    private static final int WAIT_SECONDS = 30;

    private final BlockingQueue<ServerFrame> received = new LinkedBlockingQueue<>();
    private final WebSocket socket;
    private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();
    private final String outbox = UUID.randomUUID().toString();
    private @Nullable Opened opened;
    private long seq;
    private @Nullable Submission last;

    WireSocket(int port, String token) throws Exception {
        this(port, token, UUID.randomUUID().toString(), 0);
    }

    /** Claims the leadership with that fence of a session, or with 0 a new one. */
    WireSocket(int port, String token, String session, long fence) throws Exception {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols(ProtocolVersion.SUBPROTOCOL)
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), new Listener())
                .get(WAIT_SECONDS, TimeUnit.SECONDS);
        send(ClientFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(ProtocolVersion.CURRENT)
                        .setToken(token)
                        .setSession(session)
                        .setFence(fence)));
    }

    /** The fence of the leadership that it got. */
    long awaitFence() throws Exception {
        return await("Welcome", ServerFrame::hasWelcome).getWelcome().getFence();
    }

    int awaitClose() throws Exception {
        return closeCode.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** An empty id is the visitor's own. */
    public Opened open(String conversation) throws Exception {
        send(ClientFrame.newBuilder().setOpen(Open.newBuilder().setConversation(conversation)));
        Opened answer = await("Opened", ServerFrame::hasOpened).getOpened();
        opened = answer;
        return answer;
    }

    String outbox() {
        return outbox;
    }

    /** An id for a block that this socket's next operation creates. */
    public String newBlock() {
        return outbox + "." + (seq + 1);
    }

    public void submit(Operation operation) throws Exception {
        Opened open = opened;
        if (open == null) {
            throw new AssertionError("not opened");
        }
        seq++;
        Submission submission = new Submission(
                new SubmissionId(outbox, seq, seq),
                PositionCodec.decode(open.getBlocks().getPosition()),
                List.of(operation),
                0);
        last = submission;
        send(ClientFrame.newBuilder().setSubmit(SubmissionCodec.encode(open.getHandle(), submission)));
    }

    /** What was submitted last, under the same number. */
    void submitAgain() throws Exception {
        Opened open = opened;
        if (open == null || last == null) {
            throw new AssertionError("nothing submitted");
        }
        send(ClientFrame.newBuilder().setSubmit(SubmissionCodec.encode(open.getHandle(), last)));
    }

    /** The first frame from now on that is meant; those before it are dropped. */
    public ServerFrame await(String what, Predicate<ServerFrame> meant) throws Exception {
        ServerFrame frame = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        while (frame != null && !meant.test(frame)) {
            frame = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        }
        if (frame == null) {
            throw new AssertionError("no " + what);
        }
        return frame;
    }

    /** What came and was not asked for. */
    public List<ServerFrame> unread() {
        List<ServerFrame> frames = new ArrayList<>();
        received.drainTo(frames);
        return frames;
    }

    public void send(ClientFrame.Builder frame) throws Exception {
        byte[] bytes = ClientFrames.newBuilder().addFrames(frame).build().toByteArray();
        socket.sendBinary(ByteBuffer.wrap(bytes), true).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Listener implements WebSocket.Listener {
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onClose(WebSocket from, int statusCode, String reason) {
            closeCode.complete(statusCode);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
            from.request(1);
            if (last) {
                try {
                    received.addAll(KeystrokesCodec.unpacked(ServerFrames.parseFrom(message.toByteArray()))
                            .getFramesList());
                } catch (InvalidProtocolBufferException | WireException e) {
                    return CompletableFuture.failedFuture(e);
                }
                message.reset();
            }
            return CompletableFuture.completedFuture(null);
        }
    }
}
