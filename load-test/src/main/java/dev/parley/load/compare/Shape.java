package dev.parley.load.compare;

/** How many conversations, each of one visitor with four tabs. */
public record Shape(int conversations) {
    public static final int TABS = 4;

    /** Up to this many conversations there is more than one operation on the way in each when the server is full. */
    private static final int FEW = 1_000;

    public int connections() {
        return conversations * TABS;
    }

    /** How many operations of one visitor are on the way where the next is typed when one was acknowledged. */
    int depth() {
        return conversations <= FEW ? 4 : 1;
    }
}
