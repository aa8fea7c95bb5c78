package dev.parley.gateway.store.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Looks for damage in RocksDB's write-ahead log before RocksDB replays it.
 *
 * <p>RocksDB takes a record that reaches past the end of its block for one that a crash cut short, and drops it with all
 * that follow. One flipped bit in a length near the end is enough, and synced records are gone without a word. But a write
 * begins only after the one before was synced: a damaged record with a whole one after it was acknowledged, and so was a
 * damaged one whose bytes are all there. Only a record that really ends too early may be dropped. Whether a log before the
 * newest may end too early is for RocksDB to say: it knows which were replayed already, and how long the others were.
 *
 * <p>A log is a row of blocks. A record is a masked CRC-32C of what follows the length, the length of the payload, a type,
 * the payload; one that does not fit in a block goes on in the next as a record of its own.
 */
final class WalVerifier {
    private static final Pattern LOG = Pattern.compile("\\d+\\.log");
    private static final int BLOCK_BYTES = 32 * 1024;
    private static final int HEADER_BYTES = 7;
    private static final int TYPE_OFFSET = 6;
    private static final int FULL = 1;
    private static final int FIRST = 2;

    private WalVerifier() {}

    /** What is damaged in the logs in {@code folder}, beyond a torn tail; empty if nothing is. */
    static Optional<String> damage(Path folder) throws IOException {
        List<Path> logs;
        try (Stream<Path> files = Files.list(folder)) {
            logs = files.filter(
                            file -> LOG.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
        for (Path log : logs) {
            Optional<String> damage = damageOf(log);
            if (damage.isPresent()) {
                return damage;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> damageOf(Path log) throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            long size = channel.size();
            long damagedAt = -1;
            for (long start = 0; start < size; start += BLOCK_BYTES) {
                read(channel, block, start);
                int from = 0;
                if (damagedAt < 0) {
                    int end = endOfRecords(block);
                    if (end == block.limit()) {
                        continue;
                    }
                    damagedAt = start + end;
                    boolean last = start + block.limit() == size;
                    if (last && isWhole(block, end, block.limit() - end - HEADER_BYTES)) {
                        return Optional.of(log + " has a wrong length at " + damagedAt);
                    }
                    from = end + 1;
                }
                int next = nextBeginning(block, from);
                if (next >= 0) {
                    return Optional.of(log + " is damaged at " + damagedAt + " and goes on at " + (start + next));
                }
            }
            return Optional.empty();
        }
    }

    private static void read(FileChannel channel, ByteBuffer block, long start) throws IOException {
        block.clear();
        while (block.hasRemaining() && channel.read(block, start + block.position()) >= 0) {
            // until the block is full or the file ends
        }
        block.flip();
    }

    /** Where the whole records from the start of a block end; its limit if nothing else follows them. */
    private static int endOfRecords(ByteBuffer block) {
        int at = 0;
        while (at + HEADER_BYTES <= block.limit()) {
            int length = length(block, at);
            if (!isWhole(block, at, length)) {
                return at;
            }
            at += HEADER_BYTES + length;
        }
        boolean padded = block.limit() == BLOCK_BYTES;
        return padded ? block.limit() : at;
    }

    /** The first place from {@code from} on where a whole record begins that does not continue another; -1 if none. */
    private static int nextBeginning(ByteBuffer block, int from) {
        for (int at = from; at + HEADER_BYTES <= block.limit(); at++) {
            int type = block.get(at + TYPE_OFFSET);
            if ((type == FULL || type == FIRST) && isWhole(block, at, length(block, at))) {
                return at;
            }
        }
        return -1;
    }

    private static int length(ByteBuffer block, int at) {
        return Short.toUnsignedInt(block.getShort(at + Integer.BYTES));
    }

    private static boolean isWhole(ByteBuffer block, int at, int length) {
        if (length < 0 || at + HEADER_BYTES + length > block.limit()) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(block.slice(at + TYPE_OFFSET, 1 + length));
        return block.getInt(at) == masked((int) crc.getValue());
    }

    private static int masked(int crc) {
        return Integer.rotateRight(crc, 15) + 0xa282ead8;
    }
}
