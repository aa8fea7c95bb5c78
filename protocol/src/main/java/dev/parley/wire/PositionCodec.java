package dev.parley.wire;

import dev.parley.conversation.Position;

public final class PositionCodec {
    private PositionCodec() {}

    public static dev.parley.wire.v1.Position encode(Position position) {
        dev.parley.wire.v1.Position.Builder wire =
                dev.parley.wire.v1.Position.newBuilder().setRevision(position.revision());
        return position.revision() == 0
                ? wire.build()
                : wire.setHead(Fixed64.encode(position.head())).build();
    }

    public static Position decode(dev.parley.wire.v1.Position wire) throws WireException {
        if (wire.getRevision() < 0) {
            throw new WireException("revision out of range");
        }
        return wire.getRevision() == 0
                ? Position.START
                : new Position(wire.getRevision(), Fixed64.decode(wire.getHead()));
    }
}
