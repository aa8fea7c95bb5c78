package dev.parley.conversation;

/** What a role may see. Used for the audience of blocks and effects too. */
public enum View {
    PUBLIC,
    STAFF;

    /** Whether somebody with this view may see what is for {@code audience}. */
    public boolean sees(View audience) {
        return this == STAFF || audience == PUBLIC;
    }
}
