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

        /** What a view sees that did not have the block. */
        Create shown() {
            return new Create(block, BlockKind.MESSAGE, View.PUBLIC, text, attributes);
        }

        @Override
        public Reveal withAudience(View other) {
            return other == audience ? this : new Reveal(block, text, attributes, other);
        }
    }

    /** Of two moves the later wins. */
    record Move(String block, String rank, View audience) implements Effect {
        @Override
        public String target() {
            return block;
        }

        @Override
        public Move withAudience(View other) {
            return other == audience ? this : new Move(block, rank, other);
        }
    }

    /**
     * The text of {@code block}, {@code length} code points, moves to the end of {@code into}, which had {@code intoLength},
     * and begins at {@code at} there: behind a line feed where both have text. It holds no text, so that an edit pending for
     * either block only changes numbers in it.
     */
    record Retarget(String block, String into, int intoLength, int at, int length, View audience) implements Effect {
        @Override
        public String target() {
            return block;
        }

        @Override
        public Retarget withAudience(View other) {
            return other == audience ? this : new Retarget(block, into, intoLength, at, length, other);
        }

        int growth() {
            return at - intoLength + length;
        }
    }

    /** The text of the block is gone for good. */
    record Erase(String block, View audience) implements Effect {
        @Override
        public String target() {
            return block;
        }

        @Override
        public Erase withAudience(View other) {
            return other == audience ? this : new Erase(block, other);
        }
    }

    /** Puts an {@link Anchor} into the block, in the place of one of that name, or takes it away. */
    record PlaceAnchor(String block, String name, int start, int end, boolean run, boolean removed, View audience)
            implements Effect {
        @Override
        public String target() {
            return block;
        }

        @Override
        public PlaceAnchor withAudience(View other) {
            return other == audience ? this : new PlaceAnchor(block, name, start, end, run, removed, other);
        }

        static PlaceAnchor removal(String block, String name) {
            return new PlaceAnchor(block, name, 0, 0, false, true, View.STAFF);
        }
    }
}
