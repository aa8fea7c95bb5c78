package dev.parley.wire;

import dev.parley.conversation.RejectCode;

public final class RejectCodeCodec {
    private RejectCodeCodec() {}

    public static dev.parley.wire.v1.RejectCode encode(RejectCode code) {
        return Enums.rejectCode(code);
    }

    public static RejectCode decode(dev.parley.wire.v1.RejectCode code) throws WireException {
        return Enums.rejectCode(code);
    }
}
