package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The checker of what is acknowledged and delivered. */
final class LedgerTest {
    private final Tally tally = new Tally();
    private long heard;
    private final Ledger ledger = new Ledger(7, tally, operations -> heard += operations);

    @Test
    void findsNothingWhereEverythingComesOnceAndInOrder() {
        type(5);
        ledger.acknowledged(0, 2, 10);
        ledger.acknowledged(2, 5, 11);
        for (int tab = 1; tab < Shape.TABS; tab++) {
            ledger.delivered(tab, 0, 1, 12);
            ledger.delivered(tab, 1, 5, 13);
        }

        assertThat(tally.samples()).isEmpty();
        assertThat(ledger.isSettled()).isTrue();
        assertThat(heard).isEqualTo(5);
    }

    @Test
    void findsADeliveryThatComesTwice() {
        type(2);
        ledger.delivered(1, 0, 1, 10);
        ledger.delivered(1, 0, 1, 11);

        assertThat(tally.samples()).singleElement().asString().contains("delivery of 0 to 1 at tab 1", "1 was next");
    }

    @Test
    void findsAnAcknowledgementThatComesTwice() {
        type(2);
        ledger.acknowledged(0, 1, 10);
        ledger.acknowledged(0, 1, 11);

        assertThat(tally.violations()).isEqualTo(1);
        assertThat(heard).isEqualTo(1);
    }

    @Test
    void findsADeliveryThatOvertakes() {
        type(3);
        ledger.delivered(2, 1, 2, 10);

        assertThat(tally.samples()).singleElement().asString().contains("delivery of 1 to 2 at tab 2", "0 was next");
    }

    @Test
    void findsADeliveryOfWhatNobodySent() {
        ledger.typed(1);
        ledger.delivered(1, 0, 1, 10);

        assertThat(tally.violations()).isEqualTo(1);
    }

    @Test
    void isNotSettledWhileOneTabLacksSomething() {
        type(2);
        ledger.acknowledged(0, 2, 10);
        ledger.delivered(1, 0, 2, 10);
        ledger.delivered(2, 0, 2, 10);
        ledger.delivered(3, 0, 1, 10);

        assertThat(ledger.isSettled()).isFalse();
        assertThat(ledger).hasToString("conversation 7: 2 typed, 2 acknowledged, delivered 2, 2, 1");
    }

    @Test
    void knowsWhenEachWasDueHoweverManyAreOnTheWay() {
        tally.open(0, 1_000_000_000);
        for (int i = 0; i < 1_000; i++) {
            ledger.typed(i * 1_000L);
        }
        ledger.sent(1_000, 1_000_000);
        ledger.delivered(1, 0, 1_000, 2_000_000);

        assertThat(tally.sinceDueMicros().getMinValue()).isEqualTo(1_001);
        assertThat(tally.sinceDueMicros().getMaxValue()).isEqualTo(2_000);
        assertThat(tally.sinceSentMicros().getMinValue()).isEqualTo(1_000);
        assertThat(tally.sinceSentMicros().getMaxValue()).isEqualTo(1_000);
    }

    @Test
    void measuresWhatWasNotTakenFromWhenItWasSentLast() {
        tally.open(0, 1_000_000_000);
        ledger.typed(0);
        ledger.sent(1, 500_000);
        ledger.sentAgain(1_000_000);
        ledger.delivered(1, 0, 1, 1_600_000);

        assertThat(tally.sinceSentMicros().getMaxValue()).isEqualTo(600);
        assertThat(tally.sinceDueMicros().getMaxValue()).isEqualTo(1_600);
    }

    @Test
    void countsInAWindowWhatArrivesInItAndMeasuresWhatWasDueInItHoweverLateThatArrives() {
        ledger.typed(50);
        tally.open(100, 100);
        ledger.typed(150);
        ledger.sent(2, 150);
        ledger.acknowledged(0, 1, 160);
        ledger.delivered(1, 0, 1, 160);
        ledger.acknowledged(1, 2, 5_150_000);
        ledger.delivered(1, 1, 2, 5_150_000);

        assertThat(tally.typed()).isEqualTo(1);
        assertThat(tally.acknowledged()).isEqualTo(1);
        assertThat(tally.deliveries()).isEqualTo(1);
        assertThat(tally.sinceDueMicros().getTotalCount()).isEqualTo(1);
        assertThat(tally.sinceDueMicros().getMaxValue()).isBetween(5_145L, 5_152L);
    }

    @Test
    void whatAWriterTypesHasToComeToEachOfTheOthers() {
        Ledger writer = Ledger.ofWriter(1, 3, tally, operations -> {});
        writer.typed(1);
        writer.sent(1, 2);
        writer.acknowledgedTo(1, 3);
        writer.deliveredTo(Ledger.tabOf(0, 1), 1, 4);
        assertThat(writer.isSettled()).isFalse();
        assertThat(writer).hasToString("writer 1: 1 typed, 1 acknowledged, delivered 1, 0");

        writer.deliveredTo(Ledger.tabOf(2, 1), 1, 5);
        assertThat(writer.isSettled()).isTrue();
        assertThat(tally.samples()).isEmpty();
    }

    private void type(int operations) {
        for (int i = 0; i < operations; i++) {
            ledger.typed(1);
        }
        ledger.sent(operations, 2);
    }
}
