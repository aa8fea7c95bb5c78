package dev.parley.gateway.presence;

import dev.parley.conversation.View;
import org.jspecify.annotations.Nullable;

/** Signals as on the wire, where no view stands for no typing. */
public final class SignalCodec {
    private SignalCodec() {}

    public static dev.parley.wire.v1.View encode(@Nullable View typing) {
        if (typing == null) {
            return dev.parley.wire.v1.View.VIEW_UNSPECIFIED;
        }
        return typing == View.PUBLIC ? dev.parley.wire.v1.View.PUBLIC : dev.parley.wire.v1.View.STAFF;
    }

    public static @Nullable View decode(dev.parley.wire.v1.View typing) {
        return switch (typing) {
            case PUBLIC -> View.PUBLIC;
            case STAFF -> View.STAFF;
            case VIEW_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }

    public static dev.parley.wire.v1.Cursor encode(Cursor cursor) {
        return dev.parley.wire.v1.Cursor.newBuilder()
                .setBlock(cursor.block())
                .setStart(cursor.start())
                .setEnd(cursor.end())
                .setRevision(cursor.revision())
                .build();
    }

    public static Cursor decode(dev.parley.wire.v1.Cursor wire) {
        return new Cursor(wire.getBlock(), wire.getStart(), wire.getEnd(), wire.getRevision());
    }
}
