package dev.parley.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that people read against the table that decides. */
class PolicyPageTest {
    private static final Path PAGE = Path.of("../docs/policy.md");

    @Test
    void thePageHasTheTableThatDecides() throws IOException {
        List<String> onPage = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .takeWhile(line -> !line.startsWith("| what"))
                .toList();

        assertThat(onPage)
                .isEqualTo(PolicyTable.COMMON.rows().stream()
                        .map(PolicyPageTest::line)
                        .toList());
    }

    @Test
    void thePageTellsTheEditWindow() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains(PolicyTable.COMMON.editWindow().toMinutes() + " minutes");
    }

    private static String line(PolicyTable.Row row) {
        Stream<String> allowed = Stream.of(Role.VISITOR, Role.AGENT, Role.ADMIN, Role.ASSISTANT, Role.SERVICE)
                .map(role -> Boolean.TRUE.equals(row.allowed().get(role)) ? "yes" : "");
        return Stream.concat(
                        Stream.of(
                                row.action().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                                any(row.on()),
                                any(row.whose()),
                                any(row.age())),
                        allowed)
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static String any(String cell) {
        return cell.equals("*") ? "any" : cell;
    }
}
