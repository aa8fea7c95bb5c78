package dev.parley.conversation;

/**
 * Names a submission for ever: the outbox it came from, its dense number there, and a random content id that tells a
 * number used twice for different content. What the gateway itself writes has {@link #NONE}.
 */
public record SubmissionId(String outbox, long seq, long contentId) {
    public static final SubmissionId NONE = new SubmissionId("", 0, 0);
}
