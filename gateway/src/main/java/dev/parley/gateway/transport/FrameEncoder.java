package dev.parley.gateway.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.parley.conversation.Block;
import dev.parley.conversation.Entry;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.OpenRequest;
import dev.parley.gateway.shard.Published;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.wire.AttributesCodec;
import dev.parley.wire.AuthorCodec;
import dev.parley.wire.BlockCodec;
import dev.parley.wire.CloseCode;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.Fixed64;
import dev.parley.wire.KeystrokesCodec;
import dev.parley.wire.PositionCodec;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.RejectCodeCodec;
import dev.parley.wire.SummaryCodec;
import dev.parley.wire.v1.Accepted;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.Blocks;
import dev.parley.wire.v1.BlocksPage;
import dev.parley.wire.v1.Delivered;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.Failure;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.GoAway;
import dev.parley.wire.v1.Inbox;
import dev.parley.wire.v1.OpenFailed;
import dev.parley.wire.v1.OpenFailedCode;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.OutboxFault;
import dev.parley.wire.v1.OutboxFaultCode;
import dev.parley.wire.v1.Pong;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.Refused;
import dev.parley.wire.v1.Rejected;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import dev.parley.wire.v1.StateHash;
import dev.parley.wire.v1.Welcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the gateway says, as bytes. Each result is a ServerFrames of one frame; joined they are a ServerFrames of all. Pure,
 * for any thread.
 */
final class FrameEncoder {
    private static final byte[] NONE = {};

    private FrameEncoder() {}

    static byte[] encode(Delivery delivery) {
        if (delivery instanceof Published published) {
            return published.encoded(FrameEncoder::entries);
        } else if (delivery instanceof Delivery.Opened opened) {
            return frame(ServerFrame.newBuilder().setOpened(opened(opened)));
        } else if (delivery instanceof Delivery.OpenFailed failed) {
            return frame(ServerFrame.newBuilder().setOpenFailed(openFailed(failed)));
        } else if (delivery instanceof Delivery.Ended ended) {
            return frame(ServerFrame.newBuilder()
                    .setOpenFailed(OpenFailed.newBuilder()
                            .setConversation(ended.key().conversation())
                            .setCode(OpenFailedCode.OPEN_FORBIDDEN)));
        } else if (delivery instanceof Delivery.Answered answered) {
            return frame(ServerFrame.newBuilder().setAnswer(answer(answered)));
        } else if (delivery instanceof Delivery.Page page) {
            return frame(ServerFrame.newBuilder().setBlocksPage(page(page)));
        } else if (delivery instanceof Delivery.Delivered delivered) {
            return frame(ServerFrame.newBuilder().setDelivered(delivered(delivered)));
        } else if (delivery instanceof Delivery.InboxRows rows) {
            return frame(ServerFrame.newBuilder().setInbox(inbox(rows)));
        }
        throw new IllegalArgumentException("no wire form for " + delivery);
    }

    static byte[] welcome(Principal principal, long fence, Limits limits, long nowMillis) {
        return frame(ServerFrame.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setProtocolVersion(ProtocolVersion.CURRENT)
                        .setTenant(principal.tenant())
                        .setPrincipal(AuthorCodec.encode(principal.author()))
                        .setTimeMillis(nowMillis)
                        .setFence(fence)
                        .setTokenExpiresAtMillis(principal.expiresAtMillis())
                        .setLimits(dev.parley.wire.v1.Limits.newBuilder()
                                .setFrameBytesMax(limits.frameBytesMax())
                                .setOperationsPerSubmissionMax(limits.operationsPerSubmissionMax())
                                .setTextLengthMax(limits.textLengthMax())
                                .setHeartbeatMillis(limits.heartbeatMillis())
                                .setIdLengthMax(limits.idLengthMax())
                                .setAttributeLengthMax(limits.attributeLengthMax())
                                .setSubmissionBytesMax(limits.submissionBytesMax())
                                .setBlocksPerConversationMax(limits.blocksPerConversationMax())
                                .setAttributesPerBlockMax(limits.attributesPerBlockMax())
                                .setSnapshotBlocks(limits.snapshotBlocks())
                                .setOperationsPerSecond(limits.operationsPerSecond())
                                .setOperationsBurst(limits.operationsBurst())
                                .setConnectionsPerPrincipalMax(limits.connectionsPerPrincipalMax())
                                .setConnectionsPerAddressMax(limits.connectionsPerAddressMax()))));
    }

    static byte[] pong(int nonce) {
        return frame(ServerFrame.newBuilder().setPong(Pong.newBuilder().setNonce(nonce)));
    }

    /** The client shall come back after the delay, and is closed at the deadline. */
    static byte[] goAway(int delayMillis, int deadlineMillis) {
        return frame(ServerFrame.newBuilder()
                .setGoAway(GoAway.newBuilder().setDelayMillis(delayMillis).setDeadlineMillis(deadlineMillis)));
    }

    /** The client shall come again, no earlier than after the delay. */
    static byte[] comeLater(FailureCode code, int delayMillis) {
        return frame(ServerFrame.newBuilder()
                .setFailure(Failure.newBuilder()
                        .setCode(code)
                        .setCloseCode(CloseCode.TRY_AGAIN_LATER.code())
                        .setDelayMillis(delayMillis)));
    }

    /** The connection goes on. */
    static byte[] failure(FailureCode code) {
        return frame(ServerFrame.newBuilder().setFailure(Failure.newBuilder().setCode(code)));
    }

    /** The connection is closed with this code next. */
    static byte[] failure(FailureCode code, CloseCode closeCode) {
        return frame(ServerFrame.newBuilder()
                .setFailure(Failure.newBuilder().setCode(code).setCloseCode(closeCode.code())));
    }

    static byte[] malformedOpen(String conversation, String name) {
        return frame(ServerFrame.newBuilder()
                .setOpenFailed(OpenFailed.newBuilder()
                        .setConversation(conversation)
                        .setName(name)
                        .setCode(OpenFailedCode.OPEN_MALFORMED)));
    }

    static byte[] frame(ServerFrame.Builder frame) {
        return ServerFrames.newBuilder().addFrames(frame).build().toByteArray();
    }

    private static Opened opened(Delivery.Opened opened) {
        Opened.Builder wire = Opened.newBuilder()
                .setHandle(opened.handle())
                .setConversation(opened.key().conversation())
                .setName(opened.name())
                .setView(opened.view() == View.PUBLIC ? dev.parley.wire.v1.View.PUBLIC : dev.parley.wire.v1.View.STAFF)
                .setDelivered(delivered(opened.delivered()));
        if (opened.catchUp() instanceof Delivery.Blocks blocks) {
            wire.setBlocks(blocks(blocks));
        } else if (opened.catchUp() instanceof Published published) {
            Entries.Builder entries = wire.getEntriesBuilder()
                    .setHandle(opened.handle())
                    .setFrom(published.from())
                    .setTo(PositionCodec.encode(published.position()));
            List<Entry> seen = seen(published);
            KeystrokesCodec.Packed packed = KeystrokesCodec.pack(seen);
            packed.whole().forEach(index -> entries.addEntries(EntryCodec.toWire(seen.get(index))));
            entries.addAllHashes(hashes(published));
            if (packed.whole().size() < seen.size()) {
                entries.setKeystrokes(packed.keystrokes());
            }
        }
        for (OutboxRow row : opened.outboxes()) {
            wire.addOutboxes(answer(row));
        }
        return wire.build();
    }

    private static Blocks blocks(Delivery.Blocks blocks) {
        Blocks.Builder wire = Blocks.newBuilder()
                .setSince(blocks.since())
                .setPosition(PositionCodec.encode(blocks.position()))
                .addAllAttributes(AttributesCodec.encode(blocks.attributes()))
                .setOlderThan(blocks.olderThan());
        for (Block block : blocks.blocks()) {
            wire.addBlocks(BlockCodec.encode(block));
        }
        return wire.build();
    }

    private static BlocksPage page(Delivery.Page page) {
        BlocksPage.Builder wire = BlocksPage.newBuilder()
                .setHandle(page.handle())
                .setBefore(page.before())
                .setOlderThan(page.olderThan());
        page.blocks().forEach(block -> wire.addBlocks(BlockCodec.encode(block)));
        return wire.build();
    }

    private static List<StateHash> hashes(Published published) {
        List<StateHash> hashes = new ArrayList<>(0);
        for (LoggedEntry entry : published.entries()) {
            OptionalLong hash = entry.hashes().of(published.view());
            if (hash.isPresent()) {
                hashes.add(StateHash.newBuilder()
                        .setRevision(entry.revision())
                        .setHash(Fixed64.encode(hash.getAsLong()))
                        .build());
            }
        }
        return hashes;
    }

    private static Answer answer(OutboxRow row) {
        Answer.Builder wire = Answer.newBuilder().setOutbox(row.outbox()).setSeq(row.lastSeq());
        ByteString contentId = Fixed64.encode(row.contentId());
        if (row.rejected() == null) {
            wire.setAccepted(
                    Accepted.newBuilder().setRevision(row.acceptedRevision()).setContentId(contentId));
        } else {
            wire.setRejected(Rejected.newBuilder()
                    .setCode(RejectCodeCodec.encode(row.rejected()))
                    .setContentId(contentId));
        }
        return wire.build();
    }

    private static Answer answer(Delivery.Answered answered) {
        Answer.Builder wire = Answer.newBuilder()
                .setHandle(answered.handle())
                .setOutbox(answered.outbox())
                .setSeq(answered.seq());
        if (answered.answer() instanceof Delivery.Answer.Accepted accepted) {
            wire.getAcceptedBuilder()
                    .setRevision(accepted.revision())
                    .setContentId(Fixed64.encode(accepted.contentId()));
        } else if (answered.answer() instanceof Delivery.Answer.Rejected rejected) {
            wire.getRejectedBuilder()
                    .setCode(RejectCodeCodec.encode(rejected.code()))
                    .setContentId(Fixed64.encode(rejected.contentId()));
        } else if (answered.answer() instanceof Delivery.Answer.Refused refused) {
            wire.setRefused(Refused.newBuilder()
                    .setCode(RefuseCode.valueOf(refused.refusal().name()))
                    .setDelayMillis(refused.delayMillis()));
        } else if (answered.answer() instanceof Delivery.Answer.Fault fault) {
            wire.setFault(OutboxFault.newBuilder()
                    .setCode(OutboxFaultCode.valueOf(fault.fault().name()))
                    .setLastSeq(fault.lastSeq()));
        }
        return wire.build();
    }

    private static OpenFailed openFailed(Delivery.OpenFailed failed) {
        OpenRequest request = failed.request();
        return OpenFailed.newBuilder()
                .setConversation(request.key().conversation())
                .setName(request.name())
                .setCode(OpenFailedCode.valueOf("OPEN_" + failed.failure().name()))
                .setDelayMillis(failed.delayMillis())
                .build();
    }

    private static Delivered delivered(Delivery.Delivered delivered) {
        return Delivered.newBuilder()
                .setHandle(delivered.handle())
                .setVisitorToStaff(delivered.visitorToStaff())
                .setStaffToVisitor(delivered.staffToVisitor())
                .build();
    }

    private static Inbox inbox(Delivery.InboxRows rows) {
        Inbox.Builder wire = Inbox.newBuilder()
                .setPage(rows.isPage())
                .setKind(rows.pageOf())
                .setNext(ByteString.copyFrom(rows.next()));
        rows.rows().forEach(row -> wire.addRows(SummaryCodec.encode(row)));
        return wire.build();
    }

    private static List<Entry> seen(Published published) {
        List<Entry> seen = new ArrayList<>(published.entries().size());
        for (LoggedEntry logged : published.entries()) {
            seen.add(logged.entry().seenBy(published.view()));
        }
        return seen;
    }

    /**
     * A ServerFrames with one Entries frame, written field by field: entries are in the log as bytes already, and most
     * look the same through both views. An entry alone repeats nothing, and is what there is most of.
     */
    private static byte[] entries(Published published) {
        List<LoggedEntry> logged = published.entries();
        byte[][] contents;
        byte[] keystrokes = NONE;
        if (logged.size() == 1) {
            contents = new byte[][] {content(logged.get(0), published.view())};
        } else {
            KeystrokesCodec.Packed packed = KeystrokesCodec.pack(seen(published));
            contents = packed.whole().stream()
                    .map(index -> content(logged.get(index), published.view()))
                    .toArray(byte[][]::new);
            keystrokes = packed.keystrokes().toByteArray();
        }
        byte[] to = PositionCodec.encode(published.position()).toByteArray();
        int entriesSize = CodedOutputStream.computeUInt32Size(Entries.HANDLE_FIELD_NUMBER, published.handle())
                + CodedOutputStream.computeUInt64Size(Entries.FROM_FIELD_NUMBER, published.from())
                + CodedOutputStream.computeByteArraySize(Entries.TO_FIELD_NUMBER, to);
        for (byte[] content : contents) {
            entriesSize += CodedOutputStream.computeByteArraySize(Entries.ENTRIES_FIELD_NUMBER, content);
        }
        List<StateHash> hashes = hashes(published);
        for (StateHash hash : hashes) {
            entriesSize += CodedOutputStream.computeMessageSize(Entries.HASHES_FIELD_NUMBER, hash);
        }
        if (keystrokes.length > 0) {
            entriesSize += CodedOutputStream.computeByteArraySize(Entries.KEYSTROKES_FIELD_NUMBER, keystrokes);
        }
        int frameSize = sizeOfNested(ServerFrame.ENTRIES_FIELD_NUMBER, entriesSize);
        byte[] bytes = new byte[sizeOfNested(ServerFrames.FRAMES_FIELD_NUMBER, frameSize)];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            beginNested(out, ServerFrames.FRAMES_FIELD_NUMBER, frameSize);
            beginNested(out, ServerFrame.ENTRIES_FIELD_NUMBER, entriesSize);
            out.writeUInt32(Entries.HANDLE_FIELD_NUMBER, published.handle());
            out.writeUInt64(Entries.FROM_FIELD_NUMBER, published.from());
            out.writeByteArray(Entries.TO_FIELD_NUMBER, to);
            for (byte[] content : contents) {
                out.writeByteArray(Entries.ENTRIES_FIELD_NUMBER, content);
            }
            for (StateHash hash : hashes) {
                out.writeMessage(Entries.HASHES_FIELD_NUMBER, hash);
            }
            if (keystrokes.length > 0) {
                out.writeByteArray(Entries.KEYSTROKES_FIELD_NUMBER, keystrokes);
            }
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    private static byte[] content(LoggedEntry logged, View view) {
        Entry entry = logged.entry();
        return entry.isSeenWholeBy(view) ? logged.content() : EntryCodec.encode(entry.seenBy(view));
    }

    private static int sizeOfNested(int field, int size) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(size) + size;
    }

    private static void beginNested(CodedOutputStream out, int field, int size) throws IOException {
        int lengthDelimited = 2;
        out.writeTag(field, lengthDelimited);
        out.writeUInt32NoTag(size);
    }
}
