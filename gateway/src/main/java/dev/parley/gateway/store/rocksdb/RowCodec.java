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
import dev.parley.wire.Fixed64;
import dev.parley.wire.RejectCodeCodec;
import dev.parley.wire.SummaryCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Rejected;
import dev.parley.wire.v1.StoredEntry;
import dev.parley.wire.v1.StoredHead;
import dev.parley.wire.v1.StoredOutbox;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The values of all families: a format byte, then the message. */
final class RowCodec {
    private static final byte FORMAT = 1;

    /** The value of a row whose key says it all. */
    static final byte[] KEY_ONLY = {FORMAT};

    private RowCodec() {}

    static byte[] encodeEntry(byte[] digest, byte[] content) {
        return encode(StoredEntry.newBuilder()
                .setDigest(UnsafeByteOperations.unsafeWrap(digest))
                .setContent(UnsafeByteOperations.unsafeWrap(content))
                .build());
    }

    static StoredEntry decodeEntry(byte[] value) throws WireException {
        return decode(value, StoredEntry.parser());
    }

    static byte[] encodeHead(Head head) {
        StoredHead.Builder wire = StoredHead.newBuilder()
                .setRevision(head.chain().revision())
                .setChain(ByteString.copyFrom(head.chain().hash()));
        ConversationSummary summary = head.summary();
        if (summary != null) {
            wire.setSummary(SummaryCodec.encode(summary));
        }
        return encode(wire.build());
    }

    static Head decodeHead(byte[] value) throws WireException {
        StoredHead wire = decode(value, StoredHead.parser());
        try {
            return new Head(
                    Chain.of(wire.getRevision(), wire.getChain().toByteArray()),
                    wire.hasSummary() ? SummaryCodec.decode(wire.getSummary()) : null);
        } catch (IllegalArgumentException e) {
            throw new WireException("not a head", e);
        }
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

    private static byte[] encode(MessageLite message) {
        byte[] value = new byte[1 + message.getSerializedSize()];
        value[0] = FORMAT;
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(value, 1, value.length - 1);
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the right size was too small", e);
        }
        return value;
    }

    private static <M> M decode(byte[] value, Parser<M> parser) throws WireException {
        if (value.length == 0 || value[0] != FORMAT) {
            throw new WireException(
                    value.length == 0 ? "an empty value" : "a value in format " + value[0] + ", which is unknown here");
        }
        try {
            return parser.parseFrom(value, 1, value.length - 1);
        } catch (InvalidProtocolBufferException e) {
            throw new WireException("not the message that belongs here", e);
        }
    }
}
