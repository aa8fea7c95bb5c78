package dev.parley.load.compare;

import java.util.Arrays;
import java.util.Optional;

/** What is found out about a server, by the name that options and tables have for it. */
public enum Measure {
    CLOSED("closed", "server CPU per delivery, the server full"),
    SATURATION("saturation", "acknowledged operations a second with a delivery p99 under 100 ms");

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

    public static Optional<Measure> of(String label) {
        return Arrays.stream(values())
                .filter(measure -> measure.label.equals(label))
                .findFirst();
    }
}
