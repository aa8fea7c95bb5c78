package dev.parley.gateway.shard;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import java.util.List;

/** What every log begins with: what kind of conversation it is, and whose. Any thread. */
final class FirstEntry {
    private FirstEntry() {}

    static Entry of(Author author, String kind, String name, long nowMillis) {
        List<Effect> effects = kind.equals(ConversationSummary.CHAT) ? chat(author, name) : article(name);
        return new Entry(1, author, nowMillis, SubmissionId.NONE, "Open", effects, 0);
    }

    private static List<Effect> chat(Author visitor, String name) {
        return List.of(
                attribute(Attributes.KIND, ConversationSummary.CHAT),
                attribute(Attributes.VISITOR, visitor.subject()),
                attribute(Attributes.VISITOR_NAME, visitor.name()),
                attribute(Attributes.NAME, name),
                attribute(Attributes.STATE, Attributes.OPEN));
    }

    private static List<Effect> article(String name) {
        return List.of(
                attribute(Attributes.KIND, ConversationSummary.ARTICLE),
                attribute(Attributes.NAME, name),
                attribute(Attributes.TITLE, name));
    }

    private static Effect attribute(String key, String value) {
        return new Effect.Set("", key, value, false, View.PUBLIC);
    }
}
