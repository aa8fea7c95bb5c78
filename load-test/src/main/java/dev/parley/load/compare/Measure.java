package dev.parley.load.compare;

import java.util.Arrays;
import java.util.Optional;

/** What is found out about a server, by the name that options and tables have for it. */
public enum Measure {
    CLOSED(
            "closed",
            "what a delivery costs the server when it is full: each visitor types when the last was acknowledged"),
    SATURATION("saturation", "operations a second with a delivery p99 under 100 ms"),
    LATENCY("latency", "how long a delivery takes at fixed rates"),
    OVERLOAD("overload", "what is left at twice the saturation"),
    IDLE("idle", "memory of connections that say nothing"),
    DRAFT("draft", "one draft with many writers: as much as the server takes, and eight people who type fast"),
    LOG("log", "whether a keystroke costs more the longer the log is"),
    STARTUP("startup", "from the start of the process until it is ready");

    private final String label;
    private final String description;

    Measure(String label, String description) {
        this.label = label;
        this.description = description;
    }

    public String label() {
        return label;
    }

    public String description() {
        return description;
    }

    /** Whether it is another one for another number of conversations. */
    boolean isShaped() {
        return this != IDLE && this != STARTUP && !isOfDrafts();
    }

    boolean isOfDrafts() {
        return this == DRAFT || this == LOG;
    }

    boolean isFor(ServerKind server) {
        return switch (this) {
            case DRAFT -> server.isShared();
            case LOG -> server.isEditor();
            default -> true;
        };
    }

    public static Optional<Measure> of(String label) {
        return Arrays.stream(values())
                .filter(measure -> measure.label.equals(label))
                .findFirst();
    }
}
