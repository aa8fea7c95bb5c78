package dev.parley.wire;

import dev.parley.conversation.BlockKind;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Role;
import dev.parley.conversation.Source;
import dev.parley.conversation.View;

/** The enums of the wire have the names of the model's, and one unspecified value more. */
final class Enums {
    private Enums() {}

    static Role role(dev.parley.wire.v1.Role role) throws WireException {
        return named(Role.class, role);
    }

    static dev.parley.wire.v1.Role role(Role role) {
        return dev.parley.wire.v1.Role.valueOf(role.name());
    }

    /** Unspecified, and what a later version may add, counts as STAFF: never shown to who should not see it. */
    static View audience(dev.parley.wire.v1.View view) {
        return view == dev.parley.wire.v1.View.PUBLIC ? View.PUBLIC : View.STAFF;
    }

    static dev.parley.wire.v1.View view(View view) {
        return view == View.PUBLIC ? dev.parley.wire.v1.View.PUBLIC : dev.parley.wire.v1.View.STAFF;
    }

    static BlockKind blockKind(dev.parley.wire.v1.BlockKind kind) throws WireException {
        return named(BlockKind.class, kind);
    }

    static dev.parley.wire.v1.BlockKind blockKind(BlockKind kind) {
        return dev.parley.wire.v1.BlockKind.valueOf(kind.name());
    }

    static Source source(dev.parley.wire.v1.Source source) throws WireException {
        return named(Source.class, source);
    }

    static dev.parley.wire.v1.Source source(Source source) {
        return dev.parley.wire.v1.Source.valueOf(source.name());
    }

    static RejectCode rejectCode(dev.parley.wire.v1.RejectCode code) throws WireException {
        return named(RejectCode.class, code);
    }

    static dev.parley.wire.v1.RejectCode rejectCode(RejectCode code) {
        return dev.parley.wire.v1.RejectCode.valueOf(code.name());
    }

    private static <E extends Enum<E>> E named(Class<E> type, Enum<?> wire) throws WireException {
        try {
            return Enum.valueOf(type, wire.name());
        } catch (IllegalArgumentException e) {
            throw new WireException("no " + type.getSimpleName() + ": " + wire.name(), e);
        }
    }
}
