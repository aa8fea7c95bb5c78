package dev.parley.conversation;

import dev.parley.ot.TextEdit;
import java.util.SortedMap;

/**
 * What the log holds and every replica applies. {@code audience} says who may see it; it is stamped when the effect is
 * logged and {@link View#STAFF} until then.
 */
public sealed interface Effect {

    View audience();

    /** The block it acts on; empty for the conversation. */
    String target();

    Effect withAudience(View audience);

    record Create(String block, BlockKind kind, View audience, String text, SortedMap<String, String> attributes)
            implements Effect {
        @Override
        public String target() {
            return block;
        }

        @Override
        public Create withAudience(View other) {
            return other == audience ? this : new Create(block, kind, other, text, attributes);
        }
    }

    record EditText(String block, int baseLength, TextEdit edit, View audience) implements Effect {
        @Override
        public String target() {
            return block;
        }

        @Override
        public EditText withAudience(View other) {
            return other == audience ? this : new EditText(block, baseLength, edit, other);
        }
    }

    /** With {@code advance} the values are decimal numbers and the larger wins, otherwise the later wins. */
    record Set(String target, String key, String value, boolean advance, View audience) implements Effect {
        @Override
        public Set withAudience(View other) {
            return other == audience ? this : new Set(target, key, value, advance, other);
        }
    }

    /**
     * The block becomes a message for PUBLIC. It carries the whole text at its entry, so that the PUBLIC view, which gets
     * a {@link Create} instead, needs nothing but the entry.
     */
    record Reveal(String block, String text, SortedMap<String, String> attributes, View audience) implements Effect {
        @Override
        public String target() {
            return block;
        }

        @Override
        public Reveal withAudience(View other) {
            return other == audience ? this : new Reveal(block, text, attributes, other);
        }
    }
}
