package dev.parley.wire;

import dev.parley.conversation.Anchor;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.ot.IllFormedTextException;
import dev.parley.ot.Text;
import java.util.ArrayList;
import java.util.List;

public final class BlockCodec {
    private BlockCodec() {}

    public static dev.parley.wire.v1.Block encode(Block block) {
        dev.parley.wire.v1.Block.Builder wire = dev.parley.wire.v1.Block.newBuilder()
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
                .setRank(block.rank())
                .setMergedInto(block.mergedInto())
                .setErased(block.erased())
                .addAllAuthors(AuthorshipCodec.authors(block.authorship()))
                .addAllAuthorship(AuthorshipCodec.runs(block.authorship()));
        block.owners().forEach(owner -> wire.addOwners(AuthorCodec.encode(owner)));
        block.anchors().forEach(anchor -> wire.addAnchors(encode(anchor)));
        return wire.build();
    }

    public static Block decode(dev.parley.wire.v1.Block wire) throws WireException {
        List<Author> owners = new ArrayList<>(wire.getOwnersCount());
        for (dev.parley.wire.v1.Author owner : wire.getOwnersList()) {
            owners.add(AuthorCodec.decode(owner));
        }
        try {
            return new Block(
                    wire.getId(),
                    Enums.blockKind(wire.getKind()),
                    Enums.audience(wire.getAudience()),
                    AuthorCodec.decode(wire.getAuthor()),
                    List.copyOf(owners),
                    wire.getRevision(),
                    wire.getEdited(),
                    wire.getTimeMillis(),
                    wire.getComposedAtMillis(),
                    Text.of(wire.getText()),
                    AttributesCodec.decode(wire.getAttributesList()),
                    wire.getRank(),
                    wire.getMergedInto(),
                    wire.getErased(),
                    wire.getAnchorsList().stream().map(BlockCodec::decode).toList(),
                    AuthorshipCodec.decode(wire.getAuthorsList(), wire.getAuthorshipList()));
        } catch (IllFormedTextException e) {
            throw new WireException("block text is ill formed", e);
        }
    }

    private static dev.parley.wire.v1.Anchor encode(Anchor anchor) {
        return dev.parley.wire.v1.Anchor.newBuilder()
                .setName(anchor.name())
                .setStart(anchor.start())
                .setEnd(anchor.end())
                .setRun(anchor.run())
                .setStale(anchor.stale())
                .setWritten(anchor.written())
                .build();
    }

    private static Anchor decode(dev.parley.wire.v1.Anchor wire) {
        return new Anchor(
                wire.getName(), wire.getStart(), wire.getEnd(), wire.getRun(), wire.getStale(), wire.getWritten());
    }
}
