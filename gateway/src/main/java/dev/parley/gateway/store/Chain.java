package dev.parley.gateway.store;

import dev.parley.conversation.Position;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The hash chain over a log up to a revision: SHA-256 of the chain before and the SHA-256 of the entry's encoded content.
 * It goes over digests, so a text can be erased while the chain stays whole.
 */
public final class Chain {
    private static final int HASH_BYTES = 32;

    public static final Chain START = new Chain(0, new byte[HASH_BYTES]);

    /** To look for it by its name costs as much as what it then computes. It is reset by each digest. */
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(Chain::sha256);

    private final long revision;
    private final byte[] hash;

    private Chain(long revision, byte[] hash) {
        this.revision = revision;
        this.hash = hash;
    }

    /** Throws {@link IllegalArgumentException} unless {@code hash} has 32 bytes. */
    public static Chain of(long revision, byte[] hash) {
        if (hash.length != HASH_BYTES) {
            throw new IllegalArgumentException("a chain hash has " + HASH_BYTES + " bytes, not " + hash.length);
        }
        return new Chain(revision, hash.clone());
    }

    public static byte[] digest(byte[] content) {
        return SHA_256.get().digest(content);
    }

    /** The chain after an entry whose content has this digest. */
    public Chain next(byte[] digest) {
        MessageDigest sha256 = SHA_256.get();
        sha256.update(hash);
        return new Chain(revision + 1, sha256.digest(digest));
    }

    public long revision() {
        return revision;
    }

    public byte[] hash() {
        return hash.clone();
    }

    public Position position() {
        return revision == 0
                ? Position.START
                : new Position(revision, ByteBuffer.wrap(hash).getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Chain chain && revision == chain.revision && Arrays.equals(hash, chain.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return position().toString();
    }
}
