package dev.parley.gateway.session;

import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Rows of who may do what to what; the first that fits decides. A tenant's own rows stand before the common ones. Immutable,
 * for any thread.
 */
public final class PolicyTable {
    private static final String ANY = "*";
    private static final Set<String> SITE = Set.of("SITE", "QUEUE");
    private static final String EDIT_WINDOW = "edit-window-minutes";
    private static final List<Role> COLUMNS =
            List.of(Role.VISITOR, Role.AGENT, Role.ADMIN, Role.ASSISTANT, Role.SERVICE);
    private static final int CELLS = 4 + COLUMNS.size();

    /** The rows that come with the gateway. */
    public static final PolicyTable COMMON = common();

    private final List<Row> rows;
    private final Duration editWindow;

    private PolicyTable(List<Row> rows, Duration editWindow) {
        this.rows = rows;
        this.editWindow = editWindow;
    }

    /** One row: {@code on}, {@code whose} and {@code age} as they are written. */
    public record Row(Action action, String on, String whose, String age, Map<Role, Boolean> allowed) {

        boolean fits(Action asked, String what, boolean own, boolean fresh) {
            return action == asked
                    && (on.equals(ANY) || on.equals(what))
                    && (whose.equals(ANY) || whose.equals(own ? "own" : "other"))
                    && (age.equals(ANY) || age.equals(fresh ? "fresh" : "old"));
        }
    }

    public List<Row> rows() {
        return rows;
    }

    public Duration editWindow() {
        return editWindow;
    }

    public boolean allows(Role role, Action action, String on, boolean own, boolean fresh) {
        for (Row row : rows) {
            if (row.fits(action, on, own, fresh)) {
                return Boolean.TRUE.equals(row.allowed().get(role));
            }
        }
        return false;
    }

    /**
     * This table with rows before its own. Throws {@link IllegalArgumentException} that names each line of {@code file}
     * which is no row.
     */
    public PolicyTable with(String file, String text) {
        List<Row> all = new ArrayList<>();
        List<String> mistakes = new ArrayList<>();
        Duration window = editWindow;
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] cells = line.split("\\s+");
            try {
                if (cells.length == 2 && cells[0].equals(EDIT_WINDOW)) {
                    window = window(cells[1]);
                } else {
                    all.add(row(cells));
                }
            } catch (IllegalArgumentException e) {
                mistakes.add(file + ", line " + (i + 1) + ": " + e.getMessage());
            }
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", mistakes));
        }
        all.addAll(rows);
        return new PolicyTable(List.copyOf(all), window);
    }

    private static Duration window(String minutes) {
        if (!minutes.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(minutes + " is no number of minutes");
        }
        return Duration.ofMinutes(Long.parseLong(minutes));
    }

    private static Row row(String[] cells) {
        if (cells.length != CELLS) {
            throw new IllegalArgumentException(cells.length + " cells, not " + CELLS);
        }
        if (!isKind(cells[1])) {
            throw new IllegalArgumentException(cells[1] + " is no kind of block or conversation");
        }
        Map<Role, Boolean> allowed = new EnumMap<>(Role.class);
        for (int i = 0; i < COLUMNS.size(); i++) {
            allowed.put(COLUMNS.get(i), isYes(cells[4 + i]));
        }
        return new Row(
                action(cells[0]),
                cells[1],
                anyOr(cells[2], "own", "other"),
                anyOr(cells[3], "fresh", "old"),
                Map.copyOf(allowed));
    }

    private static Action action(String cell) {
        return Arrays.stream(Action.values())
                .filter(action -> action.name().equals(cell.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(cell + " is no action"));
    }

    private static boolean isKind(String cell) {
        return cell.equals(ANY)
                || SITE.contains(cell)
                || cell.equals(ConversationSummary.CHAT)
                || cell.equals(ConversationSummary.ARTICLE)
                || Arrays.stream(BlockKind.values())
                        .anyMatch(kind -> kind.name().equals(cell));
    }

    private static boolean isYes(String cell) {
        return oneOf(cell, "yes", "no").equals("yes");
    }

    private static String anyOr(String cell, String a, String b) {
        return cell.equals(ANY) ? cell : oneOf(cell, a, b);
    }

    private static String oneOf(String cell, String a, String b) {
        if (!cell.equals(a) && !cell.equals(b)) {
            throw new IllegalArgumentException(cell + " is not " + a + " or " + b);
        }
        return cell;
    }

    private static PolicyTable common() {
        try (InputStream in = PolicyTable.class.getResourceAsStream("policy.txt")) {
            if (in == null) {
                throw new IllegalStateException("the policy is not in the jar");
            }
            return new PolicyTable(List.of(), Duration.ZERO)
                    .with("policy.txt", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
