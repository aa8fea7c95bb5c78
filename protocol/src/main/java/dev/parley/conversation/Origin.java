package dev.parley.conversation;

/**
 * How an entry came about, for audit: its source, the subject that an assistant or a backend acted for, and of an assistant's
 * text the run and the model. What does not apply is empty. The PUBLIC view gets {@link #HUMAN} of everything.
 */
public record Origin(Source source, String onBehalfOf, String run, String model) {
    public static final Origin HUMAN = new Origin(Source.HUMAN, "", "", "");
}
