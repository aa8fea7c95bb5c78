package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.store.ConversationKey;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventTicketsTest {
    private static final Principal VERA = new Principal("shop", new Author("vera", Role.VISITOR, ""), Long.MAX_VALUE);
    private static final ConversationKey CHAT = new ConversationKey("shop", "chat");

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final EventTickets tickets = new EventTickets(() -> now);

    @Test
    void aTicketIsGoodOnce() {
        String ticket = tickets.issue(VERA, CHAT).ticket();

        assertThat(tickets.redeem(ticket)).isEqualTo(new EventTickets.Grant(VERA, CHAT));
        assertThat(tickets.redeem(ticket)).isNull();
    }

    @Test
    void aTicketIsGoodUntilTheTimeThatItSays() {
        EventTickets.Issued first = tickets.issue(VERA, CHAT);
        EventTickets.Issued second = tickets.issue(VERA, CHAT);
        now = Instant.ofEpochMilli(first.expiresAtMillis() - 1);
        assertThat(tickets.redeem(first.ticket())).isNotNull();
        now = Instant.ofEpochMilli(second.expiresAtMillis());
        assertThat(tickets.redeem(second.ticket())).isNull();
    }

    @Test
    void nobodyGuessesOneAndNobodyFillsTheMemory() {
        Set<String> issued = new HashSet<>();
        for (int i = 0; i < 30_000; i++) {
            issued.add(tickets.issue(VERA, CHAT).ticket());
        }
        assertThat(issued).hasSize(30_000).allMatch(ticket -> ticket.length() >= 24);
        assertThat(issued.stream().filter(ticket -> tickets.redeem(ticket) != null))
                .hasSizeLessThanOrEqualTo(10_000);
        assertThat(tickets.redeem("")).isNull();
    }
}
