package dev.parley.gateway.http;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Ephemeral;
import dev.parley.wire.AuthorCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Granted;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stand for a token where none can be sent: in the URL of an {@code EventSource}. Each is good once and for a moment, for one
 * conversation, at any node. For any thread.
 */
public final class EventTickets {
    private static final Logger LOG = LoggerFactory.getLogger(EventTickets.class);

    private static final Duration LIFETIME = Duration.ofSeconds(30);
    private static final int TICKET_BYTES = 18;
    private static final int TICKET_LENGTH = TICKET_BYTES / 3 * 4;
    private static final int RETRY_MILLIS = 1_000;

    private final InstantSource clock;
    private final Ephemeral ephemeral;
    private final SecureRandom random = new SecureRandom();

    /** What a ticket stands for. */
    record Grant(Principal principal, ConversationKey conversation) {}

    record Issued(String ticket, long expiresAtMillis) {}

    public EventTickets(InstantSource clock, Ephemeral ephemeral) {
        this.clock = clock;
        this.ephemeral = ephemeral;
    }

    CompletionStage<Issued> issue(Principal principal, ConversationKey conversation) {
        byte[] bytes = new byte[TICKET_BYTES];
        random.nextBytes(bytes);
        String ticket = Base64.getUrlEncoder().encodeToString(bytes);
        Issued issued = new Issued(ticket, clock.millis() + LIFETIME.toMillis());
        Granted granted = Granted.newBuilder()
                .setTenant(principal.tenant())
                .setAuthor(AuthorCodec.encode(principal.author()))
                .setTokenExpiresAtMillis(principal.expiresAtMillis())
                .setConversation(conversation.conversation())
                .build();
        return ephemeral
                .put(name(ticket), granted.toByteArray(), LIFETIME.toMillis())
                .handle((kept, failure) -> {
                    requireAnswer(failure);
                    return issued;
                });
    }

    /** Uses the ticket up; null if it is not good any more. */
    CompletionStage<@Nullable Grant> redeem(String ticket) {
        // What comes from a URL is not looked up whatever its length.
        String asked = ticket.length() == TICKET_LENGTH ? ticket : "";
        return ephemeral.take(name(asked)).handle((granted, failure) -> {
            requireAnswer(failure);
            return granted == null ? null : decode(granted);
        });
    }

    private static void requireAnswer(@Nullable Throwable failure) {
        if (failure != null) {
            LOG.warn("tickets cannot be had: {}", failure.toString());
            throw new ProblemException(Problem.of(ProblemType.UNAVAILABLE, "").retryAfterMillis(RETRY_MILLIS));
        }
    }

    private static @Nullable Grant decode(byte[] granted) {
        try {
            Granted wire = Granted.parseFrom(granted);
            return new Grant(
                    new Principal(
                            wire.getTenant(), AuthorCodec.decode(wire.getAuthor()), wire.getTokenExpiresAtMillis()),
                    new ConversationKey(wire.getTenant(), wire.getConversation()));
        } catch (InvalidProtocolBufferException | WireException e) {
            LOG.warn("another node gave a ticket that cannot be read: {}", e.getMessage());
            return null;
        }
    }

    private static String name(String ticket) {
        return "ticket/" + ticket;
    }
}
