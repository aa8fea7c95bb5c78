package dev.parley.gateway.store.redis;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.PreparedAppend;
import dev.parley.gateway.store.PreparedAppend.Row;
import dev.parley.gateway.store.RowCodec;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.SnapshotPart;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An append as {@code append.lua} takes it, all but what depends on where the log ends. */
record AppendArguments(PreparedAppend prepared, RedisKeys keys, List<byte[]> entries, List<byte[]> rows) {
    private static final byte[] NONE = {};
    private static final byte[] YES = {'1'};
    /** No position is written so. */
    private static final byte[] NOWHERE = {0};

    static AppendArguments of(PreparedAppend prepared) {
        Append append = prepared.append();
        List<byte[]> entries = new ArrayList<>();
        entries.add(count(prepared.entries()));
        long revision = append.expected().revision();
        for (Row entry : prepared.entries()) {
            revision++;
            entries.add(RedisKeys.revision(revision));
            entries.add(entry.value());
        }
        List<byte[]> rows = new ArrayList<>();
        add(append.expiredRows(), rows);
        add(append.outboxRows(), rows);
        add(append.key(), append.summary(), append.snapshot(), rows);
        return new AppendArguments(prepared, RedisKeys.of(append.key()), entries, rows);
    }

    private static void add(List<OutboxRow> outboxes, List<byte[]> rows) {
        rows.add(count(outboxes));
        for (OutboxRow row : outboxes) {
            rows.add(Keys.outbox(NONE, row.subject(), row.outbox()));
            byte[] value = RowCodec.encodeOutbox(row);
            // Where the script finds it.
            rows.add(ByteBuffer.allocate(value.length + Long.BYTES)
                    .put(value)
                    .putLong(row.lastSeq())
                    .array());
        }
    }

    private static void add(
            ConversationKey key,
            @Nullable ConversationSummary summary,
            @Nullable SnapshotPart snapshot,
            List<byte[]> rows) {
        List<SnapshotBlock> changed = snapshot == null ? List.of() : snapshot.changed();
        rows.add(count(changed));
        for (SnapshotBlock block : changed) {
            rows.add(Keys.block(NONE, block.block().id()));
            rows.add(RowCodec.encodeBlock(block));
        }
        rows.add(summary == null ? NONE : RowCodec.encodeSummary(summary));
        rows.add(summary == null ? NONE : Keys.inbox(key.tenant(), summary));
        rows.add(snapshot == null ? NONE : RowCodec.encodeSnapshot(snapshot));
        rows.add(snapshot == null ? NONE : RedisKeys.revision(snapshot.since()));
        rows.add(snapshot == null ? NONE : RedisKeys.revision(snapshot.chain().revision()));
    }

    Append append() {
        return prepared.append();
    }

    long bytes() {
        return bytes(entries) + bytes(rows);
    }

    /** Where the log ends with it. */
    Chain end(Chain before) {
        List<LoggedEntry> added = append().entries();
        return added.isEmpty() ? before : added.get(added.size() - 1).chain();
    }

    byte[][] scriptKeys() {
        int partition = keys.partition();
        return new byte[][] {
            keys.head(),
            keys.entries(),
            keys.outboxes(),
            keys.blocks(),
            RedisKeys.logs(partition),
            RedisKeys.inbox(partition),
            RedisKeys.feed(partition),
            RedisKeys.channel(partition)
        };
    }

    List<byte[]> script(Chain before, List<Row> erased, byte[] node, boolean announced) {
        return script(RedisKeys.position(before), end(before), erased, node, announced);
    }

    /** Only asks whether the log has it already, since something was sent before and not answered. */
    List<byte[]> question(Chain end, byte[] node) {
        return script(NOWHERE, end, List.of(), node, false);
    }

    private List<byte[]> script(byte[] expected, Chain end, List<Row> erased, byte[] node, boolean announced) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(expected);
        arguments.add(RedisKeys.position(end));
        arguments.add(keys.ids());
        arguments.add(node);
        arguments.add(announced ? YES : NONE);
        arguments.addAll(entries);
        arguments.add(count(erased));
        for (Row row : erased) {
            arguments.add(row.key());
            arguments.add(row.value());
        }
        arguments.addAll(rows);
        return arguments;
    }

    private static byte[] count(List<?> list) {
        return Integer.toString(list.size()).getBytes(StandardCharsets.US_ASCII);
    }

    private static long bytes(List<byte[]> arguments) {
        return arguments.stream().mapToLong(argument -> argument.length).sum();
    }
}
