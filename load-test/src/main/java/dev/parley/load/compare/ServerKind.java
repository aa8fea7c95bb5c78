package dev.parley.load.compare;

import java.util.Arrays;
import java.util.Optional;

/** What is measured, by the name that options and tables have for it, and what a server of others says to run with. */
public enum ServerKind {
    PARLEY("parley", "Parley, RocksDB, level disk", ""),
    PARLEY_PROCESS("parley-process", "Parley, RocksDB, level process", ""),
    NETTY("netty", "Netty broadcaster, stock codecs", ""),
    NETTY_HAND("netty-hand", "Netty broadcaster, framed by hand", ""),
    WS("ws", "ws 8.23.0, rooms", "node=26.10.0 ws=8.23.0"),
    SOCKET_IO("socketio", "Socket.IO 4.8.4, rooms", "node=26.10.0 socket.io=4.8.4"),
    SHAREDB("sharedb", "ShareDB 7.0.0, text", "node=26.10.0 sharedb=7.0.0 ot-text-unicode=4.0.0 ws=8.23.0"),
    HOCUSPOCUS("hocuspocus", "Hocuspocus 4.7.0, Yjs", "node=26.10.0 @hocuspocus/server=4.7.0 yjs=13.6.33");

    private final String label;
    private final String description;
    private final String configuration;

    ServerKind(String label, String description, String configuration) {
        this.label = label;
        this.description = description;
        this.configuration = configuration;
    }

    public String label() {
        return label;
    }

    public String description() {
        return description;
    }

    /** What it has to run with for its figures to mean something; empty for what is built here. */
    String configuration() {
        return configuration;
    }

    boolean isParley() {
        return this == PARLEY || this == PARLEY_PROCESS;
    }

    /** Whether several can say something in one place there, be it no text. */
    boolean isShared() {
        return this != SOCKET_IO;
    }

    /** Whether it merges what several write into one text. */
    boolean isEditor() {
        return isParley() || this == SHAREDB || this == HOCUSPOCUS;
    }

    /** Whether it comes from npm and runs on Node. */
    public boolean isInstalled() {
        return !configuration.isEmpty();
    }

    public static Optional<ServerKind> of(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
    }
}
