package dev.parley.gateway.transport;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.shard.Delivery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Of values that replace each other the latest, while a socket takes no more. On its event loop. */
final class WithheldValues {
    private final Map<String, ConversationSummary> rows = new LinkedHashMap<>();
    private final Map<Integer, Delivery.Delivered> marks = new LinkedHashMap<>();

    /** Whether this is such a value. */
    static boolean isOne(Delivery delivery) {
        return delivery instanceof Delivery.Delivered
                || (delivery instanceof Delivery.InboxRows rows && !rows.isPage());
    }

    void keep(Delivery value) {
        if (value instanceof Delivery.Delivered mark) {
            marks.put(mark.handle(), mark);
        } else if (value instanceof Delivery.InboxRows changed) {
            changed.rows().forEach(row -> rows.put(row.conversation(), row));
        }
    }

    List<Delivery> kept() {
        List<Delivery> kept = new ArrayList<>();
        if (!rows.isEmpty()) {
            kept.add(new Delivery.InboxRows(List.copyOf(rows.values())));
        }
        kept.addAll(marks.values());
        return kept;
    }
}
