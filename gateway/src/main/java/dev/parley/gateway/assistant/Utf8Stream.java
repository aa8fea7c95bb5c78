package dev.parley.gateway.assistant;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Bytes that were cut anywhere, as text. Owned by one thread. */
final class Utf8Stream {
    private static final int SEQUENCE_BYTES_MAX = 4;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private ByteBuffer rest = ByteBuffer.allocate(0);

    /** What is complete so far is added to {@code text}, also before it throws for what is not UTF-8. */
    void decode(ByteBuffer piece, StringBuilder text) throws CharacterCodingException {
        ByteBuffer bytes = ByteBuffer.allocate(rest.remaining() + piece.remaining());
        bytes.put(rest).put(piece).flip();
        CharBuffer chars = CharBuffer.allocate(bytes.remaining());
        CoderResult result = decoder.decode(bytes, chars, false);
        text.append(chars.flip());
        if (result.isError()) {
            result.throwException();
        }
        assert bytes.remaining() < SEQUENCE_BYTES_MAX;
        rest = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    /** False if the last character lacks bytes. */
    boolean isComplete() {
        return !rest.hasRemaining();
    }
}
