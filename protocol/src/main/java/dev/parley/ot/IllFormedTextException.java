package dev.parley.ot;

/** The string has a lone surrogate: it has no UTF-8 form, and two encoders would store two different texts. */
public final class IllFormedTextException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    IllFormedTextException(int index) {
        super("lone surrogate at UTF-16 index " + index);
    }
}
