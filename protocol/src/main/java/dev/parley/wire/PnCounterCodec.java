package dev.parley.wire;

import dev.parley.crdt.PnCounter;
import dev.parley.crdt.PnCounter.Row;
import dev.parley.wire.v1.PnRow;
import java.util.TreeMap;

public final class PnCounterCodec {
    private PnCounterCodec() {}

    public static dev.parley.wire.v1.PnCounter encode(PnCounter counter) {
        dev.parley.wire.v1.PnCounter.Builder wire = dev.parley.wire.v1.PnCounter.newBuilder();
        counter.rows().forEach((replica, row) -> wire.addRowsBuilder()
                .setReplica(replica)
                .setAdded(row.added())
                .setTaken(row.taken()));
        return wire.build();
    }

    public static PnCounter decode(dev.parley.wire.v1.PnCounter wire) throws WireException {
        try {
            TreeMap<String, Row> rows = new TreeMap<>();
            for (PnRow row : wire.getRowsList()) {
                rows.put(row.getReplica(), new Row(row.getAdded(), row.getTaken()));
            }
            return new PnCounter(rows);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new WireException("no counter", e);
        }
    }
}
