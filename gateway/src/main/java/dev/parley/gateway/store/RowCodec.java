package dev.parley.gateway.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Entry;
import dev.parley.conversation.RejectCode;
import dev.parley.wire.AttributesCodec;
import dev.parley.wire.BlockCodec;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.Fixed64;
import dev.parley.wire.RejectCodeCodec;
import dev.parley.wire.SummaryCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Rejected;
import dev.parley.wire.v1.StoredBlock;
import dev.parley.wire.v1.StoredEntry;
import dev.parley.wire.v1.StoredOutbox;
import dev.parley.wire.v1.StoredSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** The rows that engines keep: a format byte, a checksum, then the message. */
public final class RowCodec {
    private static final byte FORMAT = 2;
    private static final int MESSAGE_OFFSET = 1 + Integer.BYTES;

    private RowCodec() {}

    /** The value of a row whose key says it all. */
    public static byte[] keyOnly() {
        return new byte[] {FORMAT};
    }

    public static byte[] encodeEntry(Chain chain, byte[] content) {
        return encode(StoredEntry.newBuilder()
                .setContent(UnsafeByteOperations.unsafeWrap(content))
                .setChain(hash(chain))
                .build());
    }

    /** An entry whose content was replaced by {@code content}; {@code digest} is of what stood there. */
    public static byte[] encodeErased(byte[] chain, byte[] digest, byte[] content) {
        return encode(StoredEntry.newBuilder()
                .setContent(UnsafeByteOperations.unsafeWrap(content))
                .setChain(UnsafeByteOperations.unsafeWrap(chain))
                .setErased(StoredEntry.Erased.newBuilder()
                        .setDigest(UnsafeByteOperations.unsafeWrap(digest))
                        .setContentDigest(UnsafeByteOperations.unsafeWrap(Chain.digest(content))))
                .build());
    }

    public static StoredEntry decodeEntry(byte[] value) throws WireException {
        return decode(value, StoredEntry.parser());
    }

    /** The entry of this row, if it is the one that follows {@code before}. */
    public static LoggedEntry verified(StoredEntry stored, Chain before) throws WireException {
        byte[] content = stored.getContent().toByteArray();
        byte[] digest = digestInChain(stored, Chain.digest(content));
        Chain chain = before.next(digest);
        if (!chain.equals(chain(chain.revision(), stored.getChain()))) {
            throw new WireException("its content is not what was appended");
        }
        Entry entry = EntryCodec.decode(content);
        if (entry.revision() != chain.revision()) {
            throw new WireException("it says that it is entry " + entry.revision());
        }
        return new LoggedEntry(entry, content, chain);
    }

    /** The digest that the chain has for this entry; {@code actual} is of the content that stands there. */
    public static byte[] digestInChain(StoredEntry stored, byte[] actual) throws WireException {
        if (!stored.hasErased()) {
            return actual;
        }
        if (!Arrays.equals(stored.getErased().getContentDigest().toByteArray(), actual)) {
            throw new WireException("its content is not what was put in place of the erased one");
        }
        return stored.getErased().getDigest().toByteArray();
    }

    public static byte[] encodeSnapshot(SnapshotPart snapshot) {
        return encode(StoredSnapshot.newBuilder()
                .setRevision(snapshot.chain().revision())
                .setChain(hash(snapshot.chain()))
                .setTimeMillis(snapshot.timeMillis())
                .addAllAttributes(AttributesCodec.encode(snapshot.attributes()))
                .setBlocks(snapshot.blocks())
                .build());
    }

    public static StoredSnapshot decodeSnapshot(byte[] value) throws WireException {
        return decode(value, StoredSnapshot.parser());
    }

    public static byte[] encodeBlock(SnapshotBlock block) {
        return encode(StoredBlock.newBuilder()
                .setBlock(BlockCodec.encode(block.block()))
                .setChangedAt(block.changedAt())
                .build());
    }

    public static SnapshotBlock decodeBlock(byte[] value) throws WireException {
        StoredBlock wire = decode(value, StoredBlock.parser());
        return new SnapshotBlock(BlockCodec.decode(wire.getBlock()), wire.getChangedAt());
    }

    public static byte[] encodeOutbox(OutboxRow row) {
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

    public static OutboxRow decodeOutbox(String subject, String outbox, byte[] value) throws WireException {
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

    public static byte[] encodeSummary(ConversationSummary summary) {
        return encode(SummaryCodec.encode(summary));
    }

    public static ConversationSummary decodeSummary(byte[] value) throws WireException {
        return SummaryCodec.decode(decode(value, dev.parley.wire.v1.ConversationSummary.parser()));
    }

    public static ByteString hash(Chain chain) {
        return UnsafeByteOperations.unsafeWrap(chain.hash());
    }

    public static Chain chain(long revision, ByteString hash) throws WireException {
        try {
            return Chain.of(revision, hash.toByteArray());
        } catch (IllegalArgumentException e) {
            throw new WireException("not a chain", e);
        }
    }

    public static byte[] encode(MessageLite message) {
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

    public static <M> M decode(byte[] value, Parser<M> parser) throws WireException {
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
