package dev.parley.load.check;

import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.View;
import java.util.List;

/** A conversation's whole log, as staff may read it. */
public record Log(String conversation, List<Entry> entries, Position head) {

    /** The last revision of which {@code view} sees something. */
    public long lastRevisionFor(View view) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (Replay.seenBy(entries.get(i), view) != null) {
                return entries.get(i).getRevision();
            }
        }
        return 0;
    }
}
