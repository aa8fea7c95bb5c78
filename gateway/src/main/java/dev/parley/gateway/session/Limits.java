package dev.parley.gateway.session;

/**
 * What a client may do at most; announced in Welcome. Lengths of texts count code points; outboxes are those of one subject
 * in one conversation.
 */
public record Limits(
        int frameBytesMax,
        int operationsPerSubmissionMax,
        int textLengthMax,
        int idLengthMax,
        int attributeLengthMax,
        int attributesPerBlockMax,
        int outboxesPerConversationMax,
        int conversationsPerConnectionMax,
        int heartbeatMillis,
        int submissionBytesMax,
        int blocksPerConversationMax,
        int snapshotBlocks) {

    public static final Limits DEFAULT =
            new Limits(256 * 1024, 64, 16_384, 128, 1_024, 64, 1_024, 256, 25_000, 128 * 1024, 20_000, 200);
}
