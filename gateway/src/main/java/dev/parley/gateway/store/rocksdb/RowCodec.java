package dev.parley.gateway.store.rocksdb;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.RejectCode;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.SnapshotPart;
import dev.parley.wire.AttributesCodec;
import dev.parley.wire.BlockCodec;
import dev.parley.wire.Fixed64;
import dev.parley.wire.RejectCodeCodec;
import dev.parley.wire.SummaryCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Rejected;
import dev.parley.wire.v1.StoredBlock;
import dev.parley.wire.v1.StoredEntry;
import dev.parley.wire.v1.StoredHead;
import dev.parley.wire.v1.StoredOutbox;
import dev.parley.wire.v1.StoredSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The values of all families: a format byte, a checksum, then the message. */
final class RowCodec {
    private static final byte FORMAT = 2;
    private static final int MESSAGE_OFFSET = 1 + Integer.BYTES;

    /** The value of a row whose key says it all. */
    static final byte[] KEY_ONLY = {FORMAT};

    private RowCodec() {}

    static byte[] encodeEntry(Chain chain, byte[] content) {
        return encode(StoredEntry.newBuilder()
                .setContent(UnsafeByteOperations.unsafeWrap(content))
                .setChain(hash(chain))
                .build());
    }

    /** An entry whose content was replaced by {@code content}; {@code digest} is of what stood there. */
    static byte[] encodeErased(byte[] chain, byte[] digest, byte[] content) {
        return encode(StoredEntry.newBuilder()
                .setContent(UnsafeByteOperations.unsafeWrap(content))
                .setChain(UnsafeByteOperations.unsafeWrap(chain))
                .setErased(StoredEntry.Erased.newBuilder()
                        .setDigest(UnsafeByteOperations.unsafeWrap(digest))
                        .setContentDigest(UnsafeByteOperations.unsafeWrap(Chain.digest(content))))
                .build());
    }

    static StoredEntry decodeEntry(byte[] value) throws WireException {
        return decode(value, StoredEntry.parser());
    }

    static byte[] encodeHead(Head head) {
        StoredHead.Builder wire = StoredHead.newBuilder()
                .setRevision(head.chain().revision())
                .setChain(hash(head.chain()))
                .setSnapshotRevision(head.snapshot());
        ConversationSummary summary = head.summary();
        if (summary != null) {
            wire.setSummary(SummaryCodec.encode(summary));
        }
        if (head.horizon().revision() > 0) {
            wire.setHorizonRevision(head.horizon().revision()).setHorizonChain(hash(head.horizon()));
        }
        return encode(wire.build());
    }

    static Head decodeHead(byte[] value) throws WireException {
        StoredHead wire = decode(value, StoredHead.parser());
        return new Head(
                chain(wire.getRevision(), wire.getChain()),
                wire.hasSummary() ? SummaryCodec.decode(wire.getSummary()) : null,
                wire.getHorizonRevision() == 0 ? Chain.START : chain(wire.getHorizonRevision(), wire.getHorizonChain()),
                wire.getSnapshotRevision());
    }

    static byte[] encodeSnapshot(SnapshotPart snapshot) {
        return encode(StoredSnapshot.newBuilder()
                .setRevision(snapshot.chain().revision())
                .setChain(hash(snapshot.chain()))
                .setTimeMillis(snapshot.timeMillis())
                .addAllAttributes(AttributesCodec.encode(snapshot.attributes()))
                .setBlocks(snapshot.blocks())
                .build());
    }

    static StoredSnapshot decodeSnapshot(byte[] value) throws WireException {
        return decode(value, StoredSnapshot.parser());
    }

    static byte[] encodeBlock(SnapshotBlock block) {
        return encode(StoredBlock.newBuilder()
                .setBlock(BlockCodec.encode(block.block()))
                .setChangedAt(block.changedAt())
                .build());
    }

    static SnapshotBlock decodeBlock(byte[] value) throws WireException {
        StoredBlock wire = decode(value, StoredBlock.parser());
        return new SnapshotBlock(BlockCodec.decode(wire.getBlock()), wire.getChangedAt());
    }

    static byte[] encodeOutbox(OutboxRow row) {
        StoredOutbox.Builder wire = StoredOutbox.newBuilder()
                .setLastSeq(row.lastSeq())
                .setContentId(Fixed64.encode(row.contentId()))
                .setLastUsedMillis(row.lastUsedMillis());
        RejectCode rejected = row.rejected();
        if (rejected != null) {
            wire.setRejected(Rejected.newBuilder().setCode(RejectCodeCodec.encode(rejected)));
        } else {
            wire.setAcceptedRevision(row.acceptedRevision());
        }
        return encode(wire.build());
    }

    static OutboxRow decodeOutbox(String subject, String outbox, byte[] value) throws WireException {
        StoredOutbox wire = decode(value, StoredOutbox.parser());
        return new OutboxRow(
                subject,
                outbox,
                wire.getLastSeq(),
                Fixed64.decode(wire.getContentId()),
                wire.getLastUsedMillis(),
                wire.getAcceptedRevision(),
                wire.hasRejected() ? RejectCodeCodec.decode(wire.getRejected().getCode()) : null);
    }

    static byte[] encodeSummary(ConversationSummary summary) {
        return encode(SummaryCodec.encode(summary));
    }

    static ConversationSummary decodeSummary(byte[] value) throws WireException {
        return SummaryCodec.decode(decode(value, dev.parley.wire.v1.ConversationSummary.parser()));
    }

    private static ByteString hash(Chain chain) {
        return UnsafeByteOperations.unsafeWrap(chain.hash());
    }

    static Chain chain(long revision, ByteString hash) throws WireException {
        try {
            return Chain.of(revision, hash.toByteArray());
        } catch (IllegalArgumentException e) {
            throw new WireException("not a chain", e);
        }
    }

    static byte[] encode(MessageLite message) {
        byte[] value = new byte[MESSAGE_OFFSET + message.getSerializedSize()];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(value, MESSAGE_OFFSET, value.length - MESSAGE_OFFSET);
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the right size was too small", e);
        }
        ByteBuffer.wrap(value).put(FORMAT).putInt(checksum(value));
        return value;
    }

    private static <M> M decode(byte[] value, Parser<M> parser) throws WireException {
        if (value.length == 0 || value[0] != FORMAT) {
            throw new WireException(
                    value.length == 0 ? "an empty value" : "a value in format " + value[0] + ", which is unknown here");
        }
        if (value.length < MESSAGE_OFFSET || ByteBuffer.wrap(value).getInt(1) != checksum(value)) {
            throw new WireException("a value with a wrong checksum");
        }
        try {
            return parser.parseFrom(value, MESSAGE_OFFSET, value.length - MESSAGE_OFFSET);
        } catch (InvalidProtocolBufferException e) {
            throw new WireException("not the message that belongs here", e);
        }
    }

    private static int checksum(byte[] value) {
        CRC32C checksum = new CRC32C();
        checksum.update(value, MESSAGE_OFFSET, value.length - MESSAGE_OFFSET);
        return (int) checksum.getValue();
    }
}
