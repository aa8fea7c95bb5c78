package dev.parley.wire;

import dev.parley.conversation.Author;

public final class AuthorCodec {
    private AuthorCodec() {}

    public static dev.parley.wire.v1.Author encode(Author author) {
        return dev.parley.wire.v1.Author.newBuilder()
                .setSubject(author.subject())
                .setRole(Enums.role(author.role()))
                .setName(author.name())
                .build();
    }

    public static Author decode(dev.parley.wire.v1.Author wire) throws WireException {
        return new Author(wire.getSubject(), Enums.role(wire.getRole()), wire.getName());
    }
}
