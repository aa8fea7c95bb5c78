package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.store.AbsentEphemeral;
import dev.parley.gateway.store.Answers;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventTicketsTest {
    private static final Principal VERA = new Principal("shop", new Author("vera", Role.VISITOR, ""), Long.MAX_VALUE);
    private static final ConversationKey CHAT = new ConversationKey("shop", "chat");

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final MemoryEphemeral shared = new MemoryEphemeral(() -> now, Runnable::run);
    private final AbsentEphemeral ephemeral = new AbsentEphemeral(shared);
    private final EventTickets tickets = new EventTickets(() -> now, ephemeral);

    @Test
    void aTicketIsGoodOnce() {
        String ticket = issue().ticket();

        assertThat(redeem(ticket)).isEqualTo(new EventTickets.Grant(VERA, CHAT));
        assertThat(redeem(ticket)).isNull();
    }

    @Test
    void aTicketIsGoodUntilTheTimeThatItSays() {
        EventTickets.Issued first = issue();
        EventTickets.Issued second = issue();
        now = Instant.ofEpochMilli(first.expiresAtMillis() - 1);
        assertThat(redeem(first.ticket())).isNotNull();
        now = Instant.ofEpochMilli(second.expiresAtMillis());
        assertThat(redeem(second.ticket())).isNull();
    }

    @Test
    void nobodyGuessesOneAndNobodyFillsTheMemory() {
        Set<String> issued = new HashSet<>();
        for (int i = 0; i < 30_000; i++) {
            issued.add(issue().ticket());
        }
        assertThat(issued).hasSize(30_000).allMatch(ticket -> ticket.length() >= 24);
        assertThat(issued.stream().filter(ticket -> redeem(ticket) != null)).hasSizeLessThanOrEqualTo(10_000);
        assertThat(redeem("")).isNull();
    }

    @Test
    void aTicketOfOneNodeIsGoodOnceAtAnother() {
        EventTickets other = new EventTickets(() -> now, shared);
        String ticket = issue().ticket();

        assertThat(Answers.await(other.redeem(ticket))).isEqualTo(new EventTickets.Grant(VERA, CHAT));
        assertThat(redeem(ticket)).isNull();
    }

    @Test
    void whereTicketsCannotBeHadOneIsToldToComeAgain() {
        ephemeral.leave();
        CompletionStage<EventTickets.Issued> issued = tickets.issue(VERA, CHAT);
        CompletionStage<EventTickets.@Nullable Grant> redeemed = tickets.redeem("");
        ephemeral.timeOut();

        for (CompletionStage<?> each : List.of(issued, redeemed)) {
            assertThat(Answers.failure(each)).isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(
                            problem.problem().page().status().code())
                    .isEqualTo(503));
        }
    }

    private EventTickets.Issued issue() {
        return Answers.await(tickets.issue(VERA, CHAT));
    }

    private EventTickets.@Nullable Grant redeem(String ticket) {
        return Answers.await(tickets.redeem(ticket));
    }
}
