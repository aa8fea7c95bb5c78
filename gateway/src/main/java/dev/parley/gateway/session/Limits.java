package dev.parley.gateway.session;

/**
 * What a client may do at most; announced in Welcome. Lengths of texts count code points; outboxes are those of one subject
 * in one conversation. What a principal does and has is counted over all its connections, at all nodes; 0 of that is no limit.
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
        int snapshotBlocks,
        int operationsPerSecond,
        int operationsBurst,
        int connectionsPerPrincipalMax,
        int connectionsPerAddressMax) {

    public static final Limits DEFAULT = new Limits(
            256 * 1024,
            64,
            16_384,
            128,
            1_024,
            64,
            1_024,
            256,
            25_000,
            128 * 1024,
            20_000,
            200,
            1_000,
            4_000,
            1_000,
            0);

    /** The same, but for what is counted over the connections of a principal or an address. */
    public Limits withCounted(
            int operationsPerSecond,
            int operationsBurst,
            int connectionsPerPrincipalMax,
            int connectionsPerAddressMax) {
        return new Limits(
                frameBytesMax,
                operationsPerSubmissionMax,
                textLengthMax,
                idLengthMax,
                attributeLengthMax,
                attributesPerBlockMax,
                outboxesPerConversationMax,
                conversationsPerConnectionMax,
                heartbeatMillis,
                submissionBytesMax,
                blocksPerConversationMax,
                snapshotBlocks,
                operationsPerSecond,
                operationsBurst,
                connectionsPerPrincipalMax,
                connectionsPerAddressMax);
    }
}
