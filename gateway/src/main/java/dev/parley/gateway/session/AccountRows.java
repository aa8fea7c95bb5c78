package dev.parley.gateway.session;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node tells of its accounts at once, as bytes: they go through memory alone. Each of its messages has a larger number. */
record AccountRows(long node, long number, List<AccountRow> rows) {
    static final int ROWS_MAX = 1_000;

    private static final byte FORMAT = 1;
    private static final int HEAD_BYTES = 1 + 2 * Long.BYTES;
    private static final int ROW_BYTES = 2 * Long.BYTES + 3 * Integer.BYTES + 1;

    byte[] encoded() {
        ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + rows.size() * ROW_BYTES);
        bytes.put(FORMAT).putLong(node).putLong(number);
        for (AccountRow row : rows) {
            bytes.putLong(row.name().high())
                    .putLong(row.name().low())
                    .putInt(row.connections())
                    .putInt(row.passed())
                    .putInt(row.spent())
                    .put((byte) (row.asks() ? 1 : 0));
        }
        return bytes.array();
    }

    /** Null if it is in no format that this node knows. */
    static @Nullable AccountRows decode(byte[] message) {
        int rowBytes = message.length - HEAD_BYTES;
        if (rowBytes < 0 || rowBytes % ROW_BYTES != 0 || rowBytes / ROW_BYTES > ROWS_MAX || message[0] != FORMAT) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(message, 1, message.length - 1);
        long node = bytes.getLong();
        long number = bytes.getLong();
        List<AccountRow> rows = new ArrayList<>(rowBytes / ROW_BYTES);
        while (bytes.hasRemaining()) {
            rows.add(new AccountRow(
                    new AccountName(bytes.getLong(), bytes.getLong()),
                    Math.max(0, bytes.getInt()),
                    Math.max(0, bytes.getInt()),
                    Math.max(0, bytes.getInt()),
                    bytes.get() != 0));
        }
        return new AccountRows(node, number, List.copyOf(rows));
    }
}
