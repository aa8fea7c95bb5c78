package dev.parley.gateway.http;

import dev.parley.conversation.Anchor;
import dev.parley.conversation.Author;
import dev.parley.conversation.Authorship;
import dev.parley.conversation.Block;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Origin;
import dev.parley.conversation.Source;
import dev.parley.conversation.View;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.ot.Component;
import dev.parley.ot.TextEdit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The conversation model as the API's JSON. What is empty or does not apply is left out. */
final class ModelJson {
    private ModelJson() {}

    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    static Map<String, Object> author(Author author) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("subject", author.subject());
        json.put("role", author.role().name());
        putIfAny(json, "name", author.name());
        return json;
    }

    static Map<String, Object> block(Block block) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", block.id());
        json.put("kind", block.kind().name());
        json.put("audience", block.audience().name());
        json.put("author", author(block.author()));
        if (!block.owners().isEmpty()) {
            json.put("owners", block.owners().stream().map(ModelJson::author).toList());
        }
        json.put("revision", block.revision());
        if (block.edited() > 0) {
            json.put("edited", block.edited());
        }
        json.put("time", time(block.timeMillis()));
        if (block.composedAtMillis() > 0) {
            json.put("composedAt", time(block.composedAtMillis()));
        }
        json.put("text", block.text().toString());
        json.put("attributes", block.attributes());
        putIfAny(json, "rank", block.rank());
        putIfAny(json, "mergedInto", block.mergedInto());
        if (block.erased()) {
            json.put("erased", true);
        }
        if (!block.anchors().isEmpty()) {
            json.put("anchors", block.anchors().stream().map(ModelJson::anchor).toList());
        }
        if (!block.authorship().runs().isEmpty()) {
            json.put("authorship", authorship(block.authorship()));
        }
        return json;
    }

    private static Map<String, Object> anchor(Anchor anchor) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", anchor.name());
        json.put("start", anchor.start());
        json.put("end", anchor.end());
        if (anchor.run()) {
            json.put("run", true);
            json.put("written", anchor.written());
        }
        if (anchor.stale()) {
            json.put("stale", true);
        }
        return json;
    }

    /** Who wrote which code points: ranges that cover the text. */
    static List<Map<String, Object>> authorship(Authorship authorship) {
        List<Map<String, Object>> ranges = new ArrayList<>();
        int start = 0;
        for (Authorship.Run run : authorship.runs()) {
            Map<String, Object> range = new LinkedHashMap<>();
            range.put("start", start);
            range.put("end", start + run.length());
            range.put("author", author(authorship.authors().get(run.author())));
            ranges.add(range);
            start += run.length();
        }
        return ranges;
    }

    static void origin(Map<String, Object> json, Origin origin) {
        if (origin.source() != Source.HUMAN) {
            json.put("source", origin.source().name());
        }
        putIfAny(json, "onBehalfOf", origin.onBehalfOf());
        putIfAny(json, "run", origin.run());
        putIfAny(json, "model", origin.model());
    }

    static Map<String, Object> entry(LoggedEntry logged) {
        Entry entry = logged.entry();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("revision", entry.revision());
        json.put("head", head(logged.position().head()));
        json.put("time", time(entry.timeMillis()));
        if (entry.composedAtMillis() > 0) {
            json.put("composedAt", time(entry.composedAtMillis()));
        }
        json.put("author", author(entry.author()));
        origin(json, entry.origin());
        putIfAny(json, "command", entry.command());
        if (entry.submission().seq() > 0) {
            json.put("outbox", entry.submission().outbox());
            json.put("seq", entry.submission().seq());
        }
        json.put("effects", entry.effects().stream().map(ModelJson::effect).toList());
        return json;
    }

    static String head(long head) {
        return HexFormat.of().toHexDigits(head);
    }

    private static Map<String, Object> effect(Effect effect) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("effect", effect.getClass().getSimpleName());
        putIfAny(json, "block", effect.target());
        if (effect.audience() == View.STAFF) {
            json.put("audience", effect.audience().name());
        }
        if (effect instanceof Effect.Create create) {
            json.put("kind", create.kind().name());
            json.put("text", create.text());
            putIfAny(json, "attributes", create.attributes());
        } else if (effect instanceof Effect.EditText edit) {
            json.put("baseLength", edit.baseLength());
            json.put("edit", edit(edit.edit()));
        } else if (effect instanceof Effect.Set set) {
            json.put("key", set.key());
            json.put("value", set.value());
            if (set.advance()) {
                json.put("advance", true);
            }
        } else if (effect instanceof Effect.Reveal reveal) {
            json.put("text", reveal.text());
            putIfAny(json, "attributes", reveal.attributes());
        } else if (effect instanceof Effect.Move move) {
            json.put("rank", move.rank());
        } else if (effect instanceof Effect.Retarget retarget) {
            json.put("into", retarget.into());
            json.put("at", retarget.at());
            json.put("length", retarget.length());
        } else if (effect instanceof Effect.PlaceAnchor anchor) {
            json.put("name", anchor.name());
            if (anchor.removed()) {
                json.put("removed", true);
            } else {
                json.put("start", anchor.start());
                json.put("end", anchor.end());
            }
        }
        return json;
    }

    /** As ot-text-unicode writes it: a number retains, a string inserts, {@code {"d": n}} deletes. */
    static List<Object> edit(TextEdit edit) {
        List<Object> json = new ArrayList<>();
        for (Component component : edit.components()) {
            if (component instanceof Component.Insert insert) {
                json.add(insert.text().toString());
            } else if (component.kind() == Component.Kind.RETAIN) {
                json.add(component.length());
            } else {
                json.add(Map.of("d", component.length()));
            }
        }
        return json;
    }

    static Map<String, Object> summary(ConversationSummary summary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("conversation", summary.conversation());
        json.put("kind", summary.kind());
        json.put("revision", summary.revision());
        json.put("lastTime", time(summary.lastTimeMillis()));
        putIfAny(json, "title", summary.title());
        putIfAny(json, "visitor", summary.visitor());
        putIfAny(json, "visitorName", summary.visitorName());
        putIfAny(json, "state", summary.state());
        putIfAny(json, "assignee", summary.assignee());
        if (!summary.tags().isEmpty()) {
            json.put("tags", summary.tags());
        }
        if (!summary.lastText().isEmpty()) {
            json.put("lastText", summary.lastText());
            json.put("lastRole", summary.lastRole().name());
        }
        return json;
    }

    private static void putIfAny(Map<String, Object> json, String name, String value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }

    private static void putIfAny(Map<String, Object> json, String name, Map<String, String> value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }
}
