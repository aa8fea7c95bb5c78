package dev.parley.gateway.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A way to a Redis that loses what it is told to lose. Each connection has two threads of its own; it is told by the test's
 * thread.
 */
final class RedisProxy implements AutoCloseable {
    private static final String ANNOUNCEMENT = "smessage";

    private final ServerSocket listener;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger swallowed = new AtomicInteger();
    private final AtomicBoolean cutsReply = new AtomicBoolean();
    private volatile boolean swallowsReplies;
    private volatile boolean swallowsAnnouncements;

    RedisProxy(RedisServer server) {
        port = server.port();
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("redis-proxy", this::accept);
    }

    String uri() {
        return "redis://127.0.0.1:" + listener.getLocalPort();
    }

    /** Whether replies go nowhere, while commands arrive. */
    void swallowReplies(boolean swallows) {
        swallowsReplies = swallows;
    }

    /** Whether announcements go nowhere. */
    void swallowAnnouncements(boolean swallows) {
        swallowsAnnouncements = swallows;
    }

    /** Of the next that comes from the server on whichever connection half passes, and then the connection is closed. */
    void cutNextReply() {
        cutsReply.set(true);
    }

    /** How often something was swallowed. */
    int swallowed() {
        return swallowed.get();
    }

    /** Closes all connections; new ones are taken. */
    void cut() {
        sockets.forEach(RedisProxy::closeQuietly);
    }

    @Override
    public void close() {
        closeQuietly(listener);
        cut();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(client);
                sockets.add(server);
                start("redis-proxy-commands", () -> copy(client, server, false));
                start("redis-proxy-replies", () -> copy(server, client, true));
            } catch (IOException e) {
                // Closed, or the server is gone: whoever came tries again.
            }
        }
    }

    private void copy(Socket from, Socket to, boolean replies) {
        byte[] buffer = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (replies && isSwallowed(buffer, length)) {
                    swallowed.incrementAndGet();
                } else if (replies && cutsReply.compareAndSet(true, false)) {
                    out.write(buffer, 0, length / 2);
                    return;
                } else {
                    out.write(buffer, 0, length);
                }
            }
        } catch (IOException e) {
            // The other side is told by closing its connection.
        } finally {
            closeQuietly(from);
            closeQuietly(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private boolean isSwallowed(byte[] buffer, int length) {
        return swallowsReplies
                || (swallowsAnnouncements
                        && new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains(ANNOUNCEMENT));
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException("a socket that does not close", e);
        }
    }
}
