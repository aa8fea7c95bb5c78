package dev.parley.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.conversation.Role;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTableTest {
    @Test
    void whatNoRowFitsIsNotAllowed() {
        for (Role role : Role.values()) {
            assertThat(PolicyTable.COMMON.allows(role, Action.LINK, "ARTICLE", true, true))
                    .isFalse();
        }
    }

    @Test
    void theFirstRowThatFitsDecides() {
        PolicyTable table = PolicyTable.COMMON.with("acme.txt", """
                EDIT MESSAGE own *     no  no yes no yes
                EDIT *       *   fresh yes no no  no no
                """);

        assertThat(table.allows(Role.VISITOR, Action.EDIT, "MESSAGE", true, true))
                .isFalse();
        assertThat(table.allows(Role.ADMIN, Action.EDIT, "MESSAGE", true, true)).isTrue();
        assertThat(table.allows(Role.VISITOR, Action.EDIT, "MESSAGE", false, true))
                .isTrue();
        assertThat(table.allows(Role.ADMIN, Action.EDIT, "MESSAGE", false, false))
                .isTrue();
        assertThat(table.allows(Role.AGENT, Action.EDIT, "DRAFT", true, true)).isFalse();
        assertThat(table.allows(Role.AGENT, Action.EDIT, "DRAFT", true, false)).isTrue();
    }

    @Test
    void theEditWindowIsTheTenantsOwnOrTheCommonOne() {
        assertThat(PolicyTable.COMMON.editWindow()).isEqualTo(Duration.ofMinutes(15));
        assertThat(PolicyTable.COMMON.with("acme.txt", "edit-window-minutes 0").editWindow())
                .isZero();
        assertThat(PolicyTable.COMMON.with("acme.txt", "").editWindow()).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void commentsAndEmptyLinesAreNoRows() {
        assertThat(PolicyTable.COMMON.with("acme.txt", "\n  # EDIT\n\n").rows()).isEqualTo(PolicyTable.COMMON.rows());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EDIT MESSAGE own fresh yes yes yes no               | 8 cells, not 9",
                "EDIT MESSAGE own fresh yes yes yes no yes yes       | 10 cells, not 9",
                "ERASE MESSAGE own fresh yes yes yes no yes          | ERASE is no action",
                "EDIT MESAGE own fresh yes yes yes no yes            | MESAGE is no kind of block or conversation",
                "EDIT MESSAGE mine fresh yes yes yes no yes          | mine is not own or other",
                "EDIT MESSAGE own new yes yes yes no yes             | new is not fresh or old",
                "EDIT MESSAGE own fresh yes yes maybe no yes         | maybe is not yes or no",
                "EDIT MESSAGE own fresh yes yes * no yes             | * is not yes or no",
                "edit-window-minutes soon                            | soon is no number of minutes",
                "edit-window-minutes -1                              | -1 is no number of minutes",
                "edit-window-minutes 99999999999999999999            | 99999999999999999999 is no number of minutes",
                "edit-window-minutes                                 | 1 cells, not 9"
            })
    void aMistakeIsNamedWithItsLine(String row, String mistake) {
        assertThatThrownBy(() -> PolicyTable.COMMON.with("acme.txt", "# first\n" + row))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("acme.txt, line 2: " + mistake);
    }
}
