package dev.parley.ot;

/** One step of a {@link TextEdit}, never empty. Lengths count code points. */
public sealed interface Component {

    enum Kind {
        RETAIN,
        INSERT,
        DELETE
    }

    Kind kind();

    int length();

    record Retain(int length) implements Component {
        @Override
        public Kind kind() {
            return Kind.RETAIN;
        }
    }

    record Insert(Text text) implements Component {
        @Override
        public Kind kind() {
            return Kind.INSERT;
        }

        @Override
        public int length() {
            return text.length();
        }
    }

    record Delete(int length) implements Component {
        @Override
        public Kind kind() {
            return Kind.DELETE;
        }
    }
}
