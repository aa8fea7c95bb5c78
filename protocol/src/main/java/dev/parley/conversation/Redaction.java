package dev.parley.conversation;

import dev.parley.ot.Component;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes the text of blocks out of entries. What was written is replaced by as many fillers, so that the entries still fit
 * each other and later edits find the lengths they were made on; who wrote, when, and how much stays known. Values of the
 * blocks' attributes go too.
 */
public final class Redaction {
    /** Stands for each character of a text that was taken out. */
    public static final String FILLER = "\u2588";

    private final Set<String> blocks;

    private Redaction(Set<String> blocks) {
        this.blocks = blocks;
    }

    /** Of a block and of those that were merged into it, as {@code state} knows them. */
    public static Redaction of(String block, ConversationState state) {
        Set<String> blocks = new HashSet<>();
        blocks.add(block);
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Block candidate : state.blocks()) {
                grown |= blocks.contains(candidate.mergedInto()) && blocks.add(candidate.id());
            }
        }
        return new Redaction(Set.copyOf(blocks));
    }

    /** In the order of their ids. */
    public List<String> blocks() {
        return blocks.stream().sorted().toList();
    }

    /** The same entry if it has nothing of them. */
    public Entry redacted(Entry entry) {
        List<Effect> effects = entry.effects().stream().map(this::redacted).toList();
        return effects.equals(entry.effects()) ? entry : entry.withEffects(effects);
    }

    private Effect redacted(Effect effect) {
        if (!blocks.contains(effect.target())) {
            return effect;
        }
        if (effect instanceof Effect.Create create) {
            return new Effect.Create(
                    create.block(), create.kind(), create.audience(), filler(create.text()), Attributes.NONE);
        } else if (effect instanceof Effect.Reveal reveal) {
            return new Effect.Reveal(reveal.block(), filler(reveal.text()), Attributes.NONE, reveal.audience());
        } else if (effect instanceof Effect.EditText edit) {
            return new Effect.EditText(edit.block(), edit.baseLength(), filler(edit.edit()), edit.audience());
        } else if (effect instanceof Effect.Set set) {
            return new Effect.Set(set.target(), set.key(), "", set.advance(), set.audience());
        }
        return effect;
    }

    private static TextEdit filler(TextEdit edit) {
        TextEdit.Builder result = TextEdit.builder();
        for (Component component : edit.components()) {
            switch (component.kind()) {
                case RETAIN -> result.retain(component.length());
                case INSERT -> result.insert(Text.of(FILLER.repeat(component.length())));
                case DELETE -> result.delete(component.length());
            }
        }
        return result.build();
    }

    private static String filler(String text) {
        return FILLER.repeat(text.codePointCount(0, text.length()));
    }
}
