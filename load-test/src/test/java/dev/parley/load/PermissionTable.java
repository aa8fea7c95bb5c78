package dev.parley.load;

import dev.parley.conversation.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Who may do what, as docs/policy.md tells it to people, below the rows that a tenant has of its own. Immutable. */
final class PermissionTable {
    private static final Path PAGE = Path.of("../docs/policy.md");
    private static final List<Role> COLUMNS =
            List.of(Role.VISITOR, Role.AGENT, Role.ADMIN, Role.ASSISTANT, Role.SERVICE);

    private final List<List<String>> rows;

    private PermissionTable(List<List<String>> rows) {
        this.rows = rows;
    }

    /** With a tenant's own rows, as they stand in its file. */
    static PermissionTable withRows(String own) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        for (String line : own.lines().toList()) {
            List<String> cells = List.of(line.strip().split("\\s+"));
            if (cells.size() == 4 + COLUMNS.size()) {
                rows.add(cells.stream()
                        .map(cell -> cell.equals("*") ? "any" : cell.equals("no") ? "" : cell)
                        .toList());
            }
        }
        for (String line : Files.readAllLines(PAGE)) {
            List<String> cells =
                    Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
            boolean isHead = cells.contains("action") || line.startsWith("|-");
            if (cells.size() == 2 + 4 + COLUMNS.size() && !isHead) {
                List<String> row = new ArrayList<>(cells.subList(1, 5 + COLUMNS.size()));
                row.set(0, row.get(0).toUpperCase(Locale.ROOT).replace(' ', '_'));
                rows.add(row);
            }
        }
        return new PermissionTable(List.copyOf(rows));
    }

    int rowCount() {
        return rows.size();
    }

    boolean isFor(int row, boolean fresh) {
        return isAnyOr(rows.get(row).get(3), fresh ? "fresh" : "old");
    }

    /** The number of the row that decides, from 0; -1 if none fits. */
    int deciding(String action, String on, boolean own, boolean fresh) {
        for (int i = 0; i < rows.size(); i++) {
            List<String> row = rows.get(i);
            if (row.get(0).equals(action)
                    && isAnyOr(row.get(1), on)
                    && isAnyOr(row.get(2), own ? "own" : "other")
                    && isAnyOr(row.get(3), fresh ? "fresh" : "old")) {
                return i;
            }
        }
        return -1;
    }

    boolean allows(int row, Role role) {
        return row >= 0 && rows.get(row).get(4 + COLUMNS.indexOf(role)).equals("yes");
    }

    String row(int number) {
        return String.join(" ", rows.get(number));
    }

    private static boolean isAnyOr(String cell, String word) {
        return cell.equals("any") || cell.equals(word);
    }
}
