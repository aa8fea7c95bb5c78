package dev.parley.gateway.session;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.View;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what: asks a {@link PolicyTable} about the transformed effect, or the command, against the state at head and
 * the author's role now. What has only one sense is decided here, whatever a table says: which attributes are the gateway's
 * own, which kind of block is for whom and in which kind of conversation. Immutable, for any thread.
 */
public final class Policy {
    /** Set by the gateway alone, or by commands. */
    private static final Set<String> RESERVED = Set.of(
            Attributes.KIND,
            Attributes.VISITOR,
            Attributes.VISITOR_NAME,
            Attributes.NAME,
            Attributes.STATE,
            Attributes.FENCE,
            Attributes.TARGET);

    private static final String REACTION = "reaction/";

    private final Map<String, PolicyTable> byTenant;

    public Policy() {
        this(Map.of());
    }

    /** Tenants that are not named have {@link PolicyTable#COMMON}. */
    public Policy(Map<String, PolicyTable> byTenant) {
        this.byTenant = Map.copyOf(byTenant);
    }

    private PolicyTable of(String tenant) {
        return byTenant.getOrDefault(tenant, PolicyTable.COMMON);
    }

    /** Who asks, where, and when: what every question has in common. */
    public record Asker(String tenant, Author author, ConversationState state, long nowMillis) {}

    public boolean mayOpen(String tenant, Author author, ConversationState state) {
        boolean own = state.attribute(Attributes.VISITOR).equals(author.subject())
                && !author.role().isStaff();
        return state.revision() > 0
                && of(tenant).allows(author.role(), Action.OPEN, state.attribute(Attributes.KIND), own, true);
    }

    public boolean mayCreateConversation(String tenant, Author author, String kind) {
        return of(tenant).allows(author.role(), Action.CREATE, kind, true, true);
    }

    public boolean may(Asker asker, Effect.Create create) {
        return isPlaced(create, asker.state())
                && allows(asker, Action.CREATE, create.kind().name(), true, true)
                && create.attributes().keySet().stream()
                        .allMatch(key -> isOfKind(key, create.kind())
                                || maySet(asker, key, create.kind().name(), true));
    }

    private static boolean isOfKind(String key, BlockKind kind) {
        return key.equals(Attributes.TARGET) && kind == BlockKind.SUGGESTION;
    }

    private static boolean isPlaced(Effect.Create create, ConversationState state) {
        boolean article = isArticle(state);
        return switch (create.kind()) {
            case MESSAGE, TOPIC -> create.audience() == View.PUBLIC && !article;
            case DRAFT -> create.audience() == View.STAFF && !article;
            case NOTE -> create.audience() == View.STAFF;
            case SECTION -> article;
            case SUGGESTION ->
                create.audience() == View.STAFF && create.attributes().containsKey(Attributes.TARGET);
        };
    }

    private static boolean isArticle(ConversationState state) {
        return state.attribute(Attributes.KIND).equals(ConversationSummary.ARTICLE);
    }

    public boolean mayEdit(Asker asker, Block block) {
        return allows(asker, Action.EDIT, block);
    }

    public boolean mayMove(Asker asker, Block block) {
        return allows(asker, Action.MOVE, block);
    }

    /** Only to the suggestion's own anchor, which its author places. */
    public boolean maySuggest(Asker asker, Block target, @Nullable Block suggestion) {
        return suggestion != null
                && suggestion.kind() == BlockKind.SUGGESTION
                && suggestion.author().equals(asker.author())
                && hasTextOf(target, suggestion.attributes().getOrDefault(Attributes.TARGET, ""), asker.state())
                && allows(asker, Action.SUGGEST, target);
    }

    /** Whether it is the block of that id, or the one that this was merged into. */
    private static boolean hasTextOf(Block block, String id, ConversationState state) {
        Block holder = state.holder(id);
        return holder != null ? holder.id().equals(block.id()) : id.equals(block.id());
    }

    public boolean maySet(Asker asker, Effect.Set set, Block block) {
        return set.key().equals(Attributes.RECALLED)
                ? allows(asker, Action.RECALL, block)
                : maySet(asker, set.key(), block.kind().name(), isOwn(asker.author(), block));
    }

    private boolean maySet(Asker asker, String key, String on, boolean own) {
        if (RESERVED.contains(key) || isMarker(key)) {
            return false;
        } else if (key.startsWith(REACTION)) {
            return isReactionOf(asker.author(), key) && allows(asker, Action.REACT, on, own, true);
        } else if (key.equals(Attributes.RECALLED)) {
            return false;
        } else if (key.equals(Attributes.PINNED)) {
            return allows(asker, Action.PIN, on, own, true);
        } else if (key.startsWith("tag/")) {
            return allows(asker, Action.TAG, on, own, true);
        }
        return allows(asker, Action.ATTRIBUTE, on, own, true);
    }

    public boolean maySetOnConversation(Asker asker, Effect.Set set) {
        String kind = asker.state().attribute(Attributes.KIND);
        if (set.advance()) {
            return set.key().equals(Attributes.marker(Attributes.READ, asker.author()))
                    && allows(asker, Action.MARK, kind, true, true);
        } else if (RESERVED.contains(set.key()) || isMarker(set.key())) {
            return false;
        } else if (set.key().equals(Attributes.ASSIGNEE)) {
            return allows(asker, Action.ASSIGN, kind, true, true);
        } else if (set.key().equals(Attributes.TITLE)) {
            return allows(asker, Action.TITLE, kind, true, true);
        } else if (set.key().startsWith("tag/")) {
            return allows(asker, Action.TAG, kind, true, true);
        }
        return allows(asker, Action.ATTRIBUTE, kind, true, true);
    }

    /** {@code block}: what the command is about; null for the conversation, and for a draft that it creates. */
    public boolean may(Asker asker, Operation.Command command, @Nullable Block block) {
        Action action = action(command);
        if (block != null) {
            return allows(asker, action, block);
        }
        return command instanceof Operation.StartRun
                ? !isArticle(asker.state()) && allows(asker, action, BlockKind.DRAFT.name(), true, true)
                : allows(asker, action, asker.state().attribute(Attributes.KIND), true, true);
    }

    /** What is in no conversation's log: {@code on} is SITE or QUEUE. */
    public boolean mayAtSite(String tenant, Author author, Action action, String on) {
        return of(tenant).allows(author.role(), action, on, true, true);
    }

    private static Action action(Operation.Command command) {
        if (command instanceof Operation.PublishDraft) {
            return Action.PUBLISH;
        } else if (command instanceof Operation.MergeBlocks) {
            return Action.MERGE;
        } else if (command instanceof Operation.TakeOver) {
            return Action.TAKE_OVER;
        } else if (command instanceof Operation.AcceptSuggestion || command instanceof Operation.DismissSuggestion) {
            return Action.SETTLE;
        } else if (command instanceof Operation.CloseConversation) {
            return Action.CLOSE;
        } else if (command instanceof Operation.ReopenConversation) {
            return Action.REOPEN;
        } else if (command instanceof Operation.Redact) {
            return Action.REDACT;
        } else if (command instanceof Operation.Link) {
            return Action.LINK;
        }
        return Action.RUN;
    }

    private boolean allows(Asker asker, Action action, Block block) {
        boolean fresh = asker.nowMillis() - block.timeMillis()
                < of(asker.tenant()).editWindow().toMillis();
        return allows(asker, action, block.kind().name(), isOwn(asker.author(), block), fresh);
    }

    private boolean allows(Asker asker, Action action, String on, boolean own, boolean fresh) {
        return of(asker.tenant()).allows(asker.author().role(), action, on, own, fresh);
    }

    /** A conversation has one visitor, who may have been anonymous when it wrote. */
    private static boolean isOwn(Author author, Block block) {
        return block.belongsTo(author)
                || (author.role() == Role.VISITOR && block.author().role() == Role.VISITOR);
    }

    /** A subject may have a slash in it, what stands for the reaction has none. */
    private static boolean isReactionOf(Author author, String key) {
        int slash = key.indexOf('/', REACTION.length());
        return slash > REACTION.length() && key.substring(slash + 1).equals(author.subject());
    }

    private static boolean isMarker(String key) {
        return key.startsWith(Attributes.READ + "/");
    }
}
