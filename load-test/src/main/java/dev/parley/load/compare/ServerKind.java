package dev.parley.load.compare;

import java.util.Arrays;
import java.util.Optional;

/** What is measured, by the name that options and tables have for it. */
public enum ServerKind {
    PARLEY("parley", "Parley, RocksDB, level disk"),
    PARLEY_PROCESS("parley-process", "Parley, RocksDB, level process"),
    NETTY("netty", "Netty broadcaster, stock codecs"),
    NETTY_HAND("netty-hand", "Netty broadcaster, framed by hand");

    private final String label;
    private final String description;

    ServerKind(String label, String description) {
        this.label = label;
        this.description = description;
    }

    public String label() {
        return label;
    }

    public String description() {
        return description;
    }

    boolean isParley() {
        return this == PARLEY || this == PARLEY_PROCESS;
    }

    public static Optional<ServerKind> of(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
    }
}
