package dev.parley.load.check;

/** An entry that cannot come next in its log. */
public final class BrokenLogException extends Exception {
    private static final long serialVersionUID = 1;

    public BrokenLogException(String message) {
        super(message);
    }
}
