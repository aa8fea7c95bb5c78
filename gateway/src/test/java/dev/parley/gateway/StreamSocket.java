package dev.parley.gateway;

import dev.parley.wire.KeystrokesCodec;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Somebody's event stream in a test, and the requests that belong to it. */
final class StreamSocket implements AutoCloseable {
    private static final int WAIT_SECONDS = 30;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI streams;
    private final HttpResponse<Stream<String>> response;
    private final BlockingQueue<ServerFrame> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> id = new CompletableFuture<>();
    private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();

    StreamSocket(RunningGateway gateway, ClientFrame... frames) throws Exception {
        this(gateway.uri("/v1/streams"), frames);
    }

    StreamSocket(URI streams, ClientFrame... frames) throws Exception {
        this.streams = streams;
        response = client.send(post(streams, List.of(frames)), HttpResponse.BodyHandlers.ofLines());
        Iterator<String> lines = response.body().iterator();
        Thread reader = new Thread(() -> read(lines), "stream reader");
        reader.setDaemon(true);
        reader.start();
    }

    private static HttpRequest post(URI uri, List<ClientFrame> frames) {
        byte[] body = ClientFrames.newBuilder().addAllFrames(frames).build().toByteArray();
        return HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private void read(Iterator<String> lines) {
        String event = "";
        try {
            while (lines.hasNext()) {
                String line = lines.next();
                if (line.startsWith("event: ")) {
                    event = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    take(event, line.substring(6));
                } else if (line.isEmpty()) {
                    event = "";
                }
            }
            closeCode.complete(0);
        } catch (Exception e) {
            id.completeExceptionally(e);
            closeCode.completeExceptionally(e);
        }
    }

    private void take(String event, String data) throws Exception {
        switch (event) {
            case "stream" -> id.complete(data);
            case "close" -> closeCode.complete(Integer.valueOf(data));
            case "" ->
                received.addAll(KeystrokesCodec.unpacked(
                                ServerFrames.parseFrom(Base64.getDecoder().decode(data)))
                        .getFramesList());
            default -> throw new AssertionError("an event " + event);
        }
    }

    HttpHeaders headers() {
        return response.headers();
    }

    String id() throws Exception {
        return id.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Of the close event, 0 if the stream ended without one. */
    int awaitClose() throws Exception {
        return closeCode.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** The first frame from now on that is meant; those before it are dropped. */
    ServerFrame await(String what, Predicate<ServerFrame> meant) throws Exception {
        ServerFrame frame = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        while (frame != null && !meant.test(frame)) {
            frame = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        }
        if (frame == null) {
            throw new AssertionError("no " + what);
        }
        return frame;
    }

    /** The status of the answer. */
    int send(ClientFrame... frames) throws Exception {
        return client.send(
                        post(URI.create(streams + "/" + id()), List.of(frames)), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Override
    public void close() {
        response.body().close();
    }
}
