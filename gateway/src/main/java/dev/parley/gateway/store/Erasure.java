package dev.parley.gateway.store;

/**
 * What stands in the log from now on in place of an entry's content: an encoded entry of the same revision. The chain keeps
 * the digest of what stood there.
 */
@SuppressWarnings("ArrayRecordComponent") // content on its way to the log, never compared or changed
public record Erasure(long revision, byte[] content) {}
