package dev.parley.gateway;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.gateway.RunningGateway.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;

/** A POST over a plain socket whose body comes in chunks, when the test says so. */
final class StreamedPost implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;

    record Answer(int status, String head, Tree json) {}

    StreamedPost(int port, String token, String path, String... headers) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: gateway\r\n");
        head.append("Transfer-Encoding: chunked\r\nAuthorization: Bearer ").append(token);
        for (String header : headers) {
            head.append("\r\n").append(header);
        }
        write(head.append("\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    void chunk(String text) throws IOException {
        chunk(text.getBytes(StandardCharsets.UTF_8));
    }

    void chunk(byte[] bytes) throws IOException {
        write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        write(bytes);
        write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    void end() throws IOException {
        write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The head of a response, up to its empty line. */
    String head() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    Answer answer() throws IOException {
        String head = head();
        int length = Integer.parseInt(head.replaceAll("(?is).*content-length: (\\d+).*", "$1"));
        String body = new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
        try {
            return new Answer(Integer.parseInt(head.substring(9, 12)), head, new Tree(JSONObjectUtils.parse(body)));
        } catch (ParseException e) {
            throw new IOException("not JSON: " + body, e);
        }
    }

    /** Waits for the end of the connection. */
    boolean isEnded() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
