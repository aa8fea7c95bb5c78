package dev.parley.load.compare;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** What the sockets of one generator share: a place to read into, and who has something to write at the end of the turn. */
final class Wire {
    private final EventLoop loop;
    private final List<Socket> dirty = new ArrayList<>();
    private byte[] incoming = new byte[64 * 1024];
    private int mask = 0x5bd1e995;

    Wire(EventLoop loop) {
        this.loop = loop;
    }

    EventLoop loop() {
        return loop;
    }

    /** The rest of what came before and what came now, until the next call. */
    byte[] incoming(byte[] rest, ByteBuf came) {
        int length = came.readableBytes();
        if (rest.length + length > incoming.length) {
            incoming = new byte[(rest.length + length) * 2];
        }
        System.arraycopy(rest, 0, incoming, 0, rest.length);
        came.readBytes(incoming, rest.length, length);
        return incoming;
    }

    /** Everything that sockets say in one turn of the loop leaves together. */
    void dirty(Socket socket) {
        if (dirty.isEmpty()) {
            loop.execute(this::flush);
        }
        dirty.add(socket);
    }

    private void flush() {
        for (Socket socket : dirty) {
            socket.flush();
        }
        dirty.clear();
    }

    int nextMask() {
        mask ^= mask << 13;
        mask ^= mask >>> 17;
        mask ^= mask << 5;
        return mask;
    }
}
