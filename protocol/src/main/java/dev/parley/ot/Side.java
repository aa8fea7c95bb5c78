package dev.parley.ot;

/** Who stands on the left when two edits insert at the same place. */
public enum Side {
    LEFT,
    RIGHT;

    public Side other() {
        return this == LEFT ? RIGHT : LEFT;
    }
}
