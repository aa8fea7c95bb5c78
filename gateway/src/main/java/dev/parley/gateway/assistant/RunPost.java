package dev.parley.gateway.assistant;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One POST whose body is sent as it is made and whose answer is heard while that goes on, which the JDK's client does not
 * do. Blocks; owned by one thread.
 */
final class RunPost implements Assistant.TokenSink, AutoCloseable {
    private static final int CONNECT_MILLIS_MAX = 10_000;
    private static final int ANSWER_MILLIS_MAX = 120_000;

    private final Socket socket;

    RunPost(InetSocketAddress address, String host, String token, String path) throws IOException {
        socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            socket.connect(address, CONNECT_MILLIS_MAX);
            write(("POST " + path + " HTTP/1.1\r\nHost: " + host + ":" + address.getPort()
                            + "\r\nAuthorization: Bearer "
                            + token + "\r\nContent-Type: text/plain; charset=utf-8\r\n"
                            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void write(String token) throws IOException {
        if (socket.getInputStream().available() > 0) {
            throw new RunEndedException();
        }
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0) {
            write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            write(bytes);
            write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void write(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
    }

    /** The status of the answer, after the end of the body. */
    int end() throws IOException {
        write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                .readLine();
        String[] parts = line == null ? new String[0] : line.split(" ", 3);
        if (parts.length < 2) {
            throw new IOException("the gateway did not answer");
        }
        return Integer.parseInt(parts[1]);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
