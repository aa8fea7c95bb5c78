package dev.parley.load.compare;

import java.util.Locale;

/** One line of JSON, member by member. For one thread. */
final class JsonLine {
    private final StringBuilder line = new StringBuilder("{");

    JsonLine text(String name, String value) {
        key(name).append('"');
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            if (letter == '"' || letter == '\\') {
                line.append('\\').append(letter);
            } else if (letter < ' ') {
                line.append(String.format(Locale.ROOT, "\\u%04x", (int) letter));
            } else {
                line.append(letter);
            }
        }
        line.append('"');
        return this;
    }

    JsonLine number(String name, long value) {
        key(name).append(value);
        return this;
    }

    JsonLine number(String name, double value) {
        key(name).append(String.format(Locale.ROOT, "%.3f", value));
        return this;
    }

    private StringBuilder key(String name) {
        return line.append(line.length() == 1 ? "" : ",")
                .append('"')
                .append(name)
                .append("\":");
    }

    @Override
    public String toString() {
        return line + "}";
    }
}
