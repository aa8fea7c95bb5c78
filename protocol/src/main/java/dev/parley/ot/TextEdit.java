package dev.parley.ot;

import dev.parley.ot.Component.Delete;
import dev.parley.ot.Component.Insert;
import dev.parley.ot.Component.Kind;
import dev.parley.ot.Component.Retain;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An edit of one text: retain, insert and delete components from its start, in canonical form. What follows the last
 * component is retained.
 *
 * <h2>What must hold</h2>
 *
 * <p>Two people edit the same text {@code s} at once, one with {@code a}, the other with {@code b}. Each screen shows its
 * own edit first and the other's, transformed, after it. Both end with the same text (the property called TP1):
 *
 * <pre>
 *            s
 *        a /   \ b
 *         /     \             apply(apply(s, a), transform(b, a, RIGHT))
 *         \     /          == apply(apply(s, b), transform(a, b, LEFT))
 *       b' \   / a'
 * </pre>
 *
 * <p>One server decides one order for everybody and nobody transforms along any other path, so TP1 suffices. The stronger
 * property for arbitrary paths (TP2) cannot be had with positions: on "ab", delete 'a', insert x before it and insert y
 * after it end differently depending on which pair meets first.
 *
 * <h2>Why these components</h2>
 *
 * <ul>
 *   <li><b>A list, not one splice</b>: a deletion that a concurrent insertion falls into has to become two deletions, or
 *       the inserted text is lost.
 *   <li><b>Code points, well formed</b>: UTF-16 offsets cut emoji in half, and halves have no UTF-8 form.
 *   <li><b>Insert before delete</b>: a replacement has one form, so equal edits are equal bytes.
 *   <li><b>Ties by {@link Side}</b>, which both ends derive from who is incoming and who is history. The incoming edit
 *       stands left: what somebody goes on typing stays in front of what others typed at that place, so that words do
 *       not interleave. The price: {@code transform(c, compose(a, b))} may differ from transforming step by step, so
 *       history is never composed.
 * </ul>
 *
 * <p>The words apply, transform, compose, invert have the meaning that the ottypes documentation gives them; the
 * transformation itself is the retain/insert/delete one of Jupiter (Nichols et al., 1995) and Google Wave.
 */
public final class TextEdit {
    public static final TextEdit IDENTITY = new TextEdit(List.of());

    private final List<Component> components;
    private final int reach;
    private final int growth;

    private TextEdit(List<Component> components) {
        int reached = 0;
        int grown = 0;
        for (Component component : components) {
            int length = component.length();
            switch (component.kind()) {
                case RETAIN -> reached += length;
                case INSERT -> grown += length;
                case DELETE -> {
                    reached += length;
                    grown -= length;
                }
            }
        }
        this.components = components;
        this.reach = reached;
        this.growth = grown;
    }

    public static Builder builder() {
        return new Builder();
    }

    public static TextEdit insert(int position, String text) {
        return builder().retain(position).insert(Text.of(text)).build();
    }

    public static TextEdit delete(int position, int length) {
        return builder().retain(position).delete(length).build();
    }

    /** Deletes {@code length} code points at {@code position} and puts {@code text} there. */
    public static TextEdit replace(int position, int length, String text) {
        return builder().retain(position).insert(Text.of(text)).delete(length).build();
    }

    public List<Component> components() {
        return components;
    }

    public boolean isIdentity() {
        return components.isEmpty();
    }

    /** How much of the text it reaches: the shortest text it can be applied to, in code points. */
    public int reach() {
        return reach;
    }

    /** What it adds to the length of a text, in code points. */
    public int growth() {
        return growth;
    }

    /** Where its first change is. */
    private int start() {
        return !isIdentity() && components.get(0) instanceof Retain retain ? retain.length() : 0;
    }

    /** Throws {@link IndexOutOfBoundsException} if the edit reaches past the end. */
    public Text apply(Text text) {
        if (isIdentity()) {
            return text;
        }
        if (reach > text.length()) {
            throw new IndexOutOfBoundsException("the edit reaches to " + reach + ", the text ends at " + text.length());
        }
        String base = text.toString();
        StringBuilder result = new StringBuilder(base.length() + Math.max(0, growth) * 2);
        int index = 0;
        for (Component component : components) {
            if (component instanceof Insert insert) {
                result.append(insert.text());
                continue;
            }
            int next = text.index(index, component.length());
            if (component.kind() == Kind.RETAIN) {
                result.append(base, index, next);
            }
            index = next;
        }
        result.append(base, index, base.length());
        return Text.joined(result.toString(), text.length() + growth);
    }

    /** This edit, moved past {@code other}, which was made on the same text; {@code side} is this edit's side. */
    public TextEdit transform(TextEdit other, Side side) {
        if (isIdentity() || other.isIdentity() || reach < other.start()) {
            return this;
        }
        if (other.reach < start()) {
            return startingAt(start() + other.growth);
        }
        Builder result = new Builder();
        Cursor mine = new Cursor(components);
        Cursor theirs = new Cursor(other.components);
        while (mine.hasNext()) {
            boolean iInsert = mine.kind() == Kind.INSERT;
            boolean theyInsert = theirs.hasNext() && theirs.kind() == Kind.INSERT;
            if (iInsert && !(theyInsert && side == Side.RIGHT)) {
                result.insert(mine.takeInsert());
            } else if (theyInsert) {
                result.retain(theirs.takeInsert().length());
            } else {
                int length = Math.min(mine.remaining(), theirs.remaining());
                Kind kind = mine.take(length);
                boolean gone = theirs.take(length) == Kind.DELETE;
                if (!gone) {
                    result.add(kind, length);
                }
            }
        }
        return result.build();
    }

    /** The same further on or further back; it begins with a retain. */
    private TextEdit startingAt(int start) {
        Retain retain = new Retain(start);
        if (components.size() == 2) {
            return new TextEdit(List.of(retain, components.get(1)));
        }
        Component[] moved = components.toArray(new Component[0]);
        moved[0] = retain;
        return new TextEdit(List.of(moved));
    }

    /** One edit that does what this and then {@code next} does. */
    public TextEdit compose(TextEdit next) {
        Builder result = new Builder();
        Cursor first = new Cursor(components);
        Cursor second = new Cursor(next.components);
        while (first.hasNext() || second.hasNext()) {
            if (second.hasNext() && second.kind() == Kind.INSERT) {
                result.insert(second.takeInsert());
            } else if (first.hasNext() && first.kind() == Kind.DELETE) {
                result.delete(first.remaining());
                first.take(first.remaining());
            } else {
                int length = Math.min(first.remaining(), second.remaining());
                boolean deleted = second.take(length) == Kind.DELETE;
                if (first.kind() == Kind.INSERT) {
                    Text inserted = first.takeInsert(length);
                    if (!deleted) {
                        result.insert(inserted);
                    }
                } else {
                    first.take(length);
                    result.add(deleted ? Kind.DELETE : Kind.RETAIN, length);
                }
            }
        }
        return result.build();
    }

    /** The same edit of a text that stands {@code by} code points further on in a longer one. */
    public TextEdit shifted(int by) {
        Builder result = new Builder();
        result.retain(by);
        for (Component component : components) {
            switch (component.kind()) {
                case RETAIN -> result.retain(component.length());
                case INSERT -> result.insert(((Insert) component).text());
                case DELETE -> result.delete(component.length());
            }
        }
        return result.build();
    }

    /** The edit that takes this one back; {@code base} is the text this edit was made on. */
    public TextEdit invert(Text base) {
        Builder result = new Builder();
        int position = 0;
        for (Component component : components) {
            int length = component.length();
            switch (component.kind()) {
                case RETAIN -> result.retain(length);
                case INSERT -> result.delete(length);
                case DELETE -> result.insert(base.slice(position, position + length));
            }
            position += component.kind() == Kind.INSERT ? 0 : length;
        }
        return result.build();
    }

    /**
     * Where a cursor at {@code position} stands after this edit. Text inserted right at it pushes it only if it is the
     * cursor of who inserts.
     */
    public int transformCursor(int position, boolean own) {
        int moved = position;
        int at = 0;
        for (Component component : components) {
            if (at > moved) {
                break;
            }
            int length = component.length();
            switch (component.kind()) {
                case RETAIN -> at += length;
                case INSERT -> {
                    if (at < moved || own) {
                        moved += length;
                    }
                    at += length;
                }
                case DELETE -> moved -= Math.min(length, moved - at);
            }
        }
        return moved;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TextEdit edit && components.equals(edit.components);
    }

    @Override
    public int hashCode() {
        return components.hashCode();
    }

    @Override
    public String toString() {
        return components.toString();
    }

    /**
     * Takes components in any order and joins them to canonical form. Throws {@link ArithmeticException} where the lengths
     * add up to more than any text has, so that a sum of them that wrapped round never passes for a small one.
     */
    public static final class Builder {
        private final List<Component> components = new ArrayList<>();
        private int reach;
        private int retained;
        private @Nullable Text inserted;
        private int deleted;

        private Builder() {}

        public Builder retain(int length) {
            pass(length);
            if (length > 0) {
                if (inserted != null || deleted > 0) {
                    closeChange();
                }
                retained += length;
            }
            return this;
        }

        public Builder insert(Text text) {
            if (!text.isEmpty()) {
                inserted = inserted == null ? text : inserted.concat(text);
            }
            return this;
        }

        public Builder delete(int length) {
            pass(length);
            deleted += length;
            return this;
        }

        void add(Kind kind, int length) {
            if (kind == Kind.RETAIN) {
                retain(length);
            } else {
                delete(length);
            }
        }

        public TextEdit build() {
            if (inserted != null || deleted > 0) {
                closeChange();
            }
            return components.isEmpty() ? IDENTITY : new TextEdit(List.copyOf(components));
        }

        /** A retain is written only when a change follows it: so none is left at the end. */
        private void closeChange() {
            if (retained > 0) {
                components.add(new Retain(retained));
                retained = 0;
            }
            if (inserted != null) {
                components.add(new Insert(inserted));
                inserted = null;
            }
            if (deleted > 0) {
                components.add(new Delete(deleted));
                deleted = 0;
            }
        }

        private void pass(int length) {
            if (length < 0) {
                throw new IllegalArgumentException("negative length " + length);
            }
            reach = Math.addExact(reach, length);
        }
    }

    /** Reads components piece by piece. Past the last one it retains without end. */
    private static final class Cursor {
        private static final Component REST = new Retain(Integer.MAX_VALUE);

        private final List<Component> components;
        private int next;
        private int taken;

        Cursor(List<Component> components) {
            this.components = components;
        }

        boolean hasNext() {
            return next < components.size();
        }

        private Component current() {
            return hasNext() ? components.get(next) : REST;
        }

        Kind kind() {
            return current().kind();
        }

        int remaining() {
            return current().length() - taken;
        }

        Kind take(int length) {
            Kind kind = kind();
            if (hasNext()) {
                taken += length;
                if (taken == current().length()) {
                    next++;
                    taken = 0;
                }
            }
            return kind;
        }

        Text takeInsert() {
            return takeInsert(remaining());
        }

        Text takeInsert(int length) {
            Insert insert = (Insert) current();
            Objects.checkFromIndexSize(taken, length, insert.length());
            Text text = insert.text().slice(taken, taken + length);
            take(length);
            return text;
        }
    }
}
