package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What several writers of one text were told, held against each other. */
final class ChangeOrderTest {
    private static final byte[] TOLD = {1, 2, 3};

    private final ChangeOrder order = new ChangeOrder(2, "ab");

    @Test
    void theTextIsWhatItsChangesMakeOfIt() {
        order.add(1, new Change(0, 1, 1, "xy", 0, 2));
        order.add(2, new Change(1, 1, 3, "", 1, 4));

        assertThat(order.text()).isEqualTo("axy");
    }

    @Test
    void aChangeOfAnotherTextDoesNotFit() {
        assertThatThrownBy(() -> order.add(1, new Change(0, 1, 1, "x", 0, 3)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aWriterWhoIsToldSomethingElseIsFound() {
        order.add(1, new Change(0, 1, 1, "x", 0, 2));
        assertThat(order.isTold(1)).isFalse();
        order.told(1, TOLD, 0, 3);

        assertThat(order.isTold(1, TOLD, 0, 3)).isTrue();
        assertThat(order.isTold(1, new byte[] {1, 2, 4}, 0, 3)).isFalse();
        assertThat(order.isTold(1, TOLD, 0, 2)).isFalse();
    }

    @Test
    void isForgottenWhenAllHaveHeardOfIt() {
        order.add(1, new Change(0, 1, 1, "x", 0, 2));
        order.heard(1);
        assertThat(order.at(1)).isNotNull();
        order.heard(1);
        assertThat(order.at(1)).isNull();
    }
}
