package dev.parley.load.check;

import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which blocks of a log were redacted, and when. The log has fillers where their texts were, and replicas had the texts until
 * then: up to there both are compared without them. Not thread-safe.
 */
final class Redactions {
    private static final String STRING = "\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"";
    private static final String STRINGS = "(?:" + STRING + "[:,]?)*+";

    private final Map<String, Long> revisions = new HashMap<>();
    private final Map<String, Pattern> contents = new HashMap<>();

    Redactions(List<Entry> log) {
        for (Entry entry : log) {
            for (Effect effect : entry.getEffectsList()) {
                if (effect.hasErase()) {
                    revisions.put(effect.getErase().getBlock(), entry.getRevision());
                }
            }
        }
    }

    /** Whether the log has something else at this entry than it had at first. */
    boolean changed(Entry entry) {
        return entry.getEffectsList().stream()
                .anyMatch(effect -> revisions.getOrDefault(target(effect), 0L) > entry.getRevision());
    }

    private static String target(Effect effect) {
        return switch (effect.getKindCase()) {
            case CREATE -> effect.getCreate().getBlock();
            case EDIT_TEXT -> effect.getEditText().getBlock();
            case SET -> effect.getSet().getTarget();
            case REVEAL -> effect.getReveal().getBlock();
            case MOVE, RETARGET, ERASE, PLACE_ANCHOR, KIND_NOT_SET -> "";
        };
    }

    /** The canonical text of a state at a revision, without what was redacted later. */
    String withoutRedacted(String canonicalText, long revision) {
        String text = canonicalText;
        for (Map.Entry<String, Long> redacted : revisions.entrySet()) {
            if (redacted.getValue() > revision) {
                text = contents.computeIfAbsent(redacted.getKey(), Redactions::content)
                        .matcher(text)
                        .replaceFirst("$1\"text\":\"\",\"attributes\":{}");
            }
        }
        return text;
    }

    /** A block from its id on to its attributes; everything before its text is in neither form changed. */
    private static Pattern content(String block) {
        return Pattern.compile("(\\{\"id\":\"" + Pattern.quote(block) + "\",(?:(?!\"text\":)(?:" + STRING
                + "|[^\"]++))*+)\"text\":" + STRING + ",\"attributes\":\\{" + STRINGS + "\\}");
    }
}
