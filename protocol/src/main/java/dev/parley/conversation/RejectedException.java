package dev.parley.conversation;

/** Ends the processing of a submission with an answer for good. */
public final class RejectedException extends Exception {
    private static final long serialVersionUID = 1;

    private final RejectCode code;

    public RejectedException(RejectCode code) {
        super(code.name(), null, false, false);
        this.code = code;
    }

    public RejectCode code() {
        return code;
    }
}
