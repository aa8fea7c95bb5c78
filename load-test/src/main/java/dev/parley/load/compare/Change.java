package dev.parley.load.compare;

/**
 * One change of a text that several write, as the server ordered it.
 *
 * @param end the operation of its writer behind the last one in it
 * @param at where it is
 * @param baseLength of the text before it
 */
record Change(int writer, long end, int at, String inserted, int deleted, int baseLength) {
    int growth() {
        return inserted.length() - deleted;
    }

    /** Whether it is what its writer submitted, wherever that stands now. */
    boolean is(Keystrokes.Splice splice) {
        return deleted == splice.deleted() && inserted.contentEquals(splice.inserted());
    }
}
