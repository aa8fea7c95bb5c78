package dev.parley.ot;

/**
 * The textbook transformation, in which an edit is one insert or one deletion with one position. It is here to be shown
 * wrong beside {@link TextEdit}; nothing else may use it.
 */
sealed interface PositionOnlyEdit {

    String apply(String text);

    PositionOnlyEdit transform(PositionOnlyEdit other);

    record Insert(int position, String text) implements PositionOnlyEdit {
        @Override
        public String apply(String before) {
            return before.substring(0, position) + text + before.substring(position);
        }

        @Override
        public Insert transform(PositionOnlyEdit other) {
            if (other instanceof Insert insert) {
                return position <= insert.position ? this : new Insert(position + insert.text.length(), text);
            }
            Delete deletion = (Delete) other;
            return position <= deletion.position
                    ? this
                    : new Insert(Math.max(deletion.position, position - deletion.length), text);
        }
    }

    record Delete(int position, int length) implements PositionOnlyEdit {
        @Override
        public String apply(String before) {
            return before.substring(0, position) + before.substring(Math.min(before.length(), position + length));
        }

        @Override
        public Delete transform(PositionOnlyEdit other) {
            if (other instanceof Insert insert) {
                return position >= insert.position ? new Delete(position + insert.text.length(), length) : this;
            }
            Delete deletion = (Delete) other;
            int end = position + length;
            int otherEnd = deletion.position + deletion.length;
            if (end <= deletion.position) {
                return this;
            }
            if (position >= otherEnd) {
                return new Delete(position - deletion.length, length);
            }
            int overlap = Math.min(end, otherEnd) - Math.max(position, deletion.position);
            return new Delete(position, length - overlap);
        }
    }
}
