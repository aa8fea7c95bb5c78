package dev.parley.gateway.shard;

import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.View;
import java.util.Collection;
import java.util.Comparator;

/**
 * At which revisions each side wrote a message that the other side sees. Acknowledged positions are rounded down to these,
 * so that what a visitor is told never moves with what staff do among themselves. Owned by the conversation's shard.
 */
final class DeliveryMarks {
    private final Revisions byVisitors = new Revisions();
    private final Revisions byStaff = new Revisions();

    /** Makes these the marks of the entries that led to these blocks. */
    void restore(Collection<Block> blocks) {
        blocks.stream()
                .filter(block -> block.kind() == BlockKind.MESSAGE && block.audience() == View.PUBLIC)
                .sorted(Comparator.comparingLong(Block::revision))
                .forEach(block -> of(block.author()).add(block.revision()));
    }

    void append(Entry entry) {
        for (Effect effect : entry.effects()) {
            boolean message = effect instanceof Effect.Reveal
                    || (effect instanceof Effect.Create create
                            && create.kind() == BlockKind.MESSAGE
                            && create.audience() == View.PUBLIC);
            if (message) {
                of(entry.author()).add(entry.revision());
                return;
            }
        }
    }

    /** The entries after {@code revision} are taken back. */
    void takeBack(long revision) {
        byVisitors.dropAfter(revision);
        byStaff.dropAfter(revision);
    }

    private Revisions of(Author author) {
        return author.role().isStaff() ? byStaff : byVisitors;
    }

    /** The last message of a visitor at or before {@code revision}; 0 if there is none. */
    long lastByVisitor(long revision) {
        return byVisitors.floor(revision);
    }

    long lastByStaff(long revision) {
        return byStaff.floor(revision);
    }
}
