package dev.parley.gateway.session;

import static dev.parley.conversation.BlockKind.DRAFT;
import static dev.parley.conversation.BlockKind.MESSAGE;
import static dev.parley.conversation.BlockKind.NOTE;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Role;
import dev.parley.conversation.View;
import java.util.Set;

/**
 * Who may do what. Decided on the transformed effect, against the state at head and the author's role now.
 *
 * <pre>
 *                      VISITOR            AGENT, SERVICE       ADMIN     ASSISTANT
 *   open               own conversation   any of the tenant    any       any of the tenant
 *   create MESSAGE     PUBLIC             PUBLIC               PUBLIC    -
 *   create DRAFT       -                  STAFF                STAFF     STAFF
 *   create NOTE        -                  STAFF                STAFF     -
 *   edit MESSAGE       own                own                  any       -
 *   edit DRAFT, NOTE   -                  any                  any       own
 *   publish DRAFT      -                  any                  any       -
 *   recall a MESSAGE   own                own                  any       -
 *   react              any it sees        any                  any       -
 *   other attributes   -                  any but reserved     likewise  -
 *   read marker        own                own                  own       -
 * </pre>
 */
public final class Policy {
    /** Set by the gateway alone. */
    private static final Set<String> RESERVED =
            Set.of(Attributes.KIND, Attributes.VISITOR, Attributes.VISITOR_NAME, Attributes.NAME);

    public boolean mayOpen(Author author, ConversationState state) {
        return author.role().isStaff()
                ? state.revision() > 0
                : state.attribute(Attributes.VISITOR).equals(author.subject());
    }

    public boolean mayCreate(Author author, Effect.Create create) {
        View audience = create.audience();
        if (!create.attributes().isEmpty() && !isHumanStaff(author)) {
            return false;
        }
        return switch (create.kind()) {
            case MESSAGE -> audience == View.PUBLIC && author.role() != Role.ASSISTANT;
            case DRAFT -> audience == View.STAFF && author.role().isStaff();
            case NOTE -> audience == View.STAFF && isHumanStaff(author);
            case TOPIC, SECTION, SUGGESTION -> false;
        };
    }

    public boolean mayEdit(Author author, Block block) {
        if (block.kind() == DRAFT || block.kind() == NOTE) {
            return isHumanStaff(author)
                    || (author.role() == Role.ASSISTANT && block.author().is(author));
        }
        return mayAlterMessage(author, block);
    }

    public boolean mayPublish(Author author, Block block) {
        return block.kind() == DRAFT && isHumanStaff(author);
    }

    public boolean maySet(Author author, Effect.Set set, Block block) {
        if (author.role() == Role.ASSISTANT || RESERVED.contains(set.key())) {
            return false;
        }
        if (set.key().equals(Attributes.RECALLED)) {
            return mayAlterMessage(author, block);
        }
        if (set.key().startsWith("reaction/")) {
            return author.role().view().sees(block.audience());
        }
        return author.role().isStaff() && !isMarker(set.key());
    }

    public boolean maySetOnConversation(Author author, Effect.Set set) {
        if (set.advance()) {
            return author.role() != Role.ASSISTANT && set.key().equals(Attributes.marker(Attributes.READ, author));
        }
        return isHumanStaff(author) && !RESERVED.contains(set.key()) && !isMarker(set.key());
    }

    private static boolean mayAlterMessage(Author author, Block block) {
        return block.kind() == MESSAGE
                && author.role() != Role.ASSISTANT
                && (author.role() == Role.ADMIN || block.author().is(author));
    }

    private static boolean isMarker(String key) {
        return key.startsWith(Attributes.READ + "/");
    }

    private static boolean isHumanStaff(Author author) {
        return author.role().isStaff() && author.role() != Role.ASSISTANT;
    }
}
