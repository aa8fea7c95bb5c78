package dev.parley.load.compare;

import java.util.Locale;

/**
 * What is loaded: conversations, each of one visitor with four tabs, or one draft.
 *
 * @param writers of the draft; 0: there is none
 * @param entries that its log has at least when it is looked at
 */
public record Shape(int conversations, int writers, int entries) {
    public static final int TABS = 4;

    /** Up to this many conversations there is more than one operation on the way in each when the server is full. */
    private static final int FEW = 1_000;

    public Shape(int conversations) {
        this(conversations, 0, 0);
    }

    static Shape draft(int writers, int entries) {
        return new Shape(1, writers, entries);
    }

    public int connections() {
        return writers > 0 ? writers : conversations * TABS;
    }

    /** How many operations of one visitor are on the way where the next is typed when one was acknowledged. */
    int depth() {
        return conversations <= FEW && writers == 0 ? 4 : 1;
    }

    String inWords() {
        if (writers == 0) {
            return conversations + " conversations";
        }
        return writers + " writers" + (entries == 0 ? "" : String.format(Locale.ROOT, ", log of %,d", entries));
    }
}
