package dev.parley.wire;

import dev.parley.conversation.Block;
import dev.parley.ot.IllFormedTextException;
import dev.parley.ot.Text;

public final class BlockCodec {
    private BlockCodec() {}

    public static dev.parley.wire.v1.Block encode(Block block) {
        return dev.parley.wire.v1.Block.newBuilder()
                .setId(block.id())
                .setKind(Enums.blockKind(block.kind()))
                .setAudience(Enums.view(block.audience()))
                .setAuthor(AuthorCodec.encode(block.author()))
                .setRevision(block.revision())
                .setEdited(block.edited())
                .setTimeMillis(block.timeMillis())
                .setComposedAtMillis(block.composedAtMillis())
                .setText(block.text().toString())
                .addAllAttributes(AttributesCodec.encode(block.attributes()))
                .build();
    }

    public static Block decode(dev.parley.wire.v1.Block wire) throws WireException {
        try {
            return new Block(
                    wire.getId(),
                    Enums.blockKind(wire.getKind()),
                    Enums.audience(wire.getAudience()),
                    AuthorCodec.decode(wire.getAuthor()),
                    wire.getRevision(),
                    wire.getEdited(),
                    wire.getTimeMillis(),
                    wire.getComposedAtMillis(),
                    Text.of(wire.getText()),
                    AttributesCodec.decode(wire.getAttributesList()));
        } catch (IllFormedTextException e) {
            throw new WireException("block text is ill formed", e);
        }
    }
}
