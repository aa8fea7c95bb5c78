package dev.parley.wire;

import dev.parley.conversation.Origin;

public final class OriginCodec {
    private OriginCodec() {}

    public static dev.parley.wire.v1.Origin encode(Origin origin) {
        return dev.parley.wire.v1.Origin.newBuilder()
                .setSource(Enums.source(origin.source()))
                .setOnBehalfOf(origin.onBehalfOf())
                .setRun(origin.run())
                .setModel(origin.model())
                .build();
    }

    public static Origin decode(dev.parley.wire.v1.Origin wire) throws WireException {
        return new Origin(Enums.source(wire.getSource()), wire.getOnBehalfOf(), wire.getRun(), wire.getModel());
    }
}
