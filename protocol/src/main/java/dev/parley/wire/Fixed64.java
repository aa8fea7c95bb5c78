package dev.parley.wire;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;

/** Eight opaque bytes on the wire, a long in the model. */
public final class Fixed64 {
    private Fixed64() {}

    public static ByteString encode(long value) {
        return ByteString.copyFrom(
                ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    public static long decode(ByteString bytes) throws WireException {
        if (bytes.size() != Long.BYTES) {
            throw new WireException("8 bytes expected, got " + bytes.size());
        }
        return bytes.asReadOnlyByteBuffer().getLong();
    }
}
