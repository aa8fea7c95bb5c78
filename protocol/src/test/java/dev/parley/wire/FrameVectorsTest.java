package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.parley.fixture.Json;
import dev.parley.fixture.VectorFile;
import dev.parley.wire.v1.Accepted;
import dev.parley.wire.v1.Acknowledge;
import dev.parley.wire.v1.Anchor;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.Attribute;
import dev.parley.wire.v1.Author;
import dev.parley.wire.v1.Block;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.Blocks;
import dev.parley.wire.v1.BlocksPage;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.ConversationSummary;
import dev.parley.wire.v1.Delivered;
import dev.parley.wire.v1.Diverged;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Failure;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.GoAway;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Inbox;
import dev.parley.wire.v1.Keystrokes;
import dev.parley.wire.v1.Leave;
import dev.parley.wire.v1.Limits;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.OpenFailed;
import dev.parley.wire.v1.OpenFailedCode;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.Origin;
import dev.parley.wire.v1.OutboxFault;
import dev.parley.wire.v1.OutboxFaultCode;
import dev.parley.wire.v1.OutboxMark;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.Pong;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.ReadBlocks;
import dev.parley.wire.v1.Refresh;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.Refused;
import dev.parley.wire.v1.RejectCode;
import dev.parley.wire.v1.Rejected;
import dev.parley.wire.v1.Role;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import dev.parley.wire.v1.Source;
import dev.parley.wire.v1.StateHash;
import dev.parley.wire.v1.Submit;
import dev.parley.wire.v1.TextEdit;
import dev.parley.wire.v1.View;
import dev.parley.wire.v1.WatchInbox;
import dev.parley.wire.v1.Welcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Makes the golden frames that every other codec is compared with. */
class FrameVectorsTest {
    private static final long SAFE_INTEGER_MAX = (1L << 53) - 1;
    private static final long NOW = 1_767_225_600_123L;
    private static final ByteString CONTENT_ID = hex("0102030405060708");
    private static final ByteString HEAD = hex("00ff10a0b0c0d0e0");

    private final List<String> lines = new ArrayList<>();
    private final Set<FieldDescriptor> shownFields = new HashSet<>();
    private final Set<EnumValueDescriptor> shownConstants = new HashSet<>();

    @Test
    void theCommittedFramesAreWhatThisCodeGives() throws InvalidProtocolBufferException {
        clientFrames();
        serverFrames();
        otherEncodings();
        refusedBytes();

        everyFieldAndEveryConstantIsShown();
        VectorFile.committed("frames.json").holds(lines);
    }

    private void clientFrames() {
        PresenceFrames.ofClients().forEach(this::frame);
        frame("a hello", ClientFrame.newBuilder().setHello(hello()));
        frame(
                "a hello of who leads on",
                ClientFrame.newBuilder().setHello(hello().toBuilder().setFence(SAFE_INTEGER_MAX)));
        frame("a hello that says nothing", ClientFrame.newBuilder().setHello(Hello.getDefaultInstance()));
        frame("an open of a visitor's own chat", ClientFrame.newBuilder().setOpen(Open.getDefaultInstance()));
        frame(
                "an open by name",
                ClientFrame.newBuilder().setOpen(Open.newBuilder().setName("发票 😀")));
        frame(
                "an open that resumes with work pending",
                ClientFrame.newBuilder()
                        .setOpen(Open.newBuilder()
                                .setConversation("c-1")
                                .setPosition(position(300))
                                .setPending(true)
                                .addOutboxes(outboxMark("box-1", 0))
                                .addOutboxes(outboxMark("box-2", 127))));
        frame(
                "an open at a position far on",
                ClientFrame.newBuilder()
                        .setOpen(Open.newBuilder().setConversation("c-1").setPosition(position(SAFE_INTEGER_MAX))));
        frame("a submit that creates a message", submit(operations(createBlock())));
        frame("a submit that edits", submit(operations(editText(5, List.of(5, 0, -2, 1, 0), "😀!", "中"))));
        frame("a submit of an edit that does nothing", submit(operations(editText(0, List.of()))));
        frame(
                "a submit of spans of every size",
                submit(operations(editText(
                        -1,
                        List.of(
                                63,
                                -64,
                                64,
                                -65,
                                8_191,
                                -8_192,
                                8_192,
                                -8_193,
                                Integer.MAX_VALUE,
                                Integer.MIN_VALUE)))));
        frame(
                "a submit of several operations",
                submit(operations(setAttribute(), advance(), editText(3, List.of(-3)))));
        frame("a submit that publishes", submit(operations(publishDraft())));
        frame(
                "a submit of a suggestion",
                submit(operations(
                        Operation.newBuilder()
                                .setCreateBlock(Operation.CreateBlock.newBuilder()
                                        .setBlock("box-1.12")
                                        .setKind(BlockKind.SUGGESTION)
                                        .setAudience(View.STAFF)
                                        .setText("Dear")
                                        .addAttributes(attribute("target", "box-2.1")))
                                .build(),
                        Operation.newBuilder()
                                .setPlaceAnchor(Operation.PlaceAnchor.newBuilder()
                                        .setBlock("box-2.1")
                                        .setBaseLength(300)
                                        .setSuggestion("box-1.12")
                                        .setStart(1)
                                        .setEnd(128))
                                .build())));
        frame(
                "a submit that moves",
                submit(operations(Operation.newBuilder()
                        .setMoveBlock(Operation.MoveBlock.newBuilder()
                                .setBlock("box-2.1")
                                .setRank("B7V"))
                        .build())));
        for (Operation command : commands()) {
            frame("a submit of a command, " + command.getKindCase(), submit(operations(command)));
        }
        frame(
                "a submit of an assistant",
                ClientFrame.newBuilder()
                        .setSubmit(Submit.newBuilder().setHandle(1).setOrigin(origin())));
        frame("a submit of nothing", submit(List.of()));
        frame(
                "a submit that waited offline",
                ClientFrame.newBuilder()
                        .setSubmit(Submit.newBuilder()
                                .setHandle(-1)
                                .setOutbox("box-1")
                                .setSeq(SAFE_INTEGER_MAX)
                                .setContentId(CONTENT_ID)
                                .setBase(Position.getDefaultInstance())
                                .setComposedAtMillis(NOW)));
        frame("an acknowledgement", ClientFrame.newBuilder().setAcknowledge(acknowledge(1, 128)));
        frame("an acknowledgement far on", ClientFrame.newBuilder().setAcknowledge(acknowledge(300, SAFE_INTEGER_MAX)));
        frame("a ping", ClientFrame.newBuilder().setPing(Ping.newBuilder().setNonce(-1)));
        frame("a ping without a nonce", ClientFrame.newBuilder().setPing(Ping.getDefaultInstance()));
        frame("a watch of the inbox", ClientFrame.newBuilder().setWatchInbox(WatchInbox.getDefaultInstance()));
        frame(
                "a watch of the next page of the inbox",
                ClientFrame.newBuilder()
                        .setWatchInbox(WatchInbox.newBuilder()
                                .setLimit(200)
                                .setAfter(hex("00fffe"))
                                .setKind("ARTICLE")));
        frame("a leave", ClientFrame.newBuilder().setLeave(Leave.newBuilder().setHandle(7)));
        frame("a leave of nothing", ClientFrame.newBuilder().setLeave(Leave.getDefaultInstance()));
        frame(
                "an open of an article",
                ClientFrame.newBuilder()
                        .setOpen(Open.newBuilder().setName("shipping").setKind("ARTICLE")));
        frame(
                "a request for older blocks",
                ClientFrame.newBuilder()
                        .setReadBlocks(ReadBlocks.newBuilder()
                                .setHandle(1)
                                .setBefore(300)
                                .setLimit(200)));
        frame(
                "a replica that differs",
                ClientFrame.newBuilder()
                        .setDiverged(Diverged.newBuilder().setHandle(1).setRevision(320)));
        frame(
                "a fresh token",
                ClientFrame.newBuilder().setRefresh(Refresh.newBuilder().setToken("header.payload.signature")));
        frame("a frame of no kind", ClientFrame.newBuilder());
        add("no frames at all", ClientFrames.getDefaultInstance());
        add(
                "a hello and two opens in one message",
                ClientFrames.newBuilder()
                        .addFrames(ClientFrame.newBuilder().setHello(hello()))
                        .addFrames(ClientFrame.newBuilder()
                                .setOpen(Open.newBuilder().setConversation("c-1")))
                        .addFrames(ClientFrame.newBuilder()
                                .setOpen(Open.newBuilder().setConversation("c-2")))
                        .build());
        frame(
                "strings of lengths around those where the prefix grows",
                submit(operations(
                        setAttribute("k".repeat(127), "v".repeat(128)), setAttribute("k", "中".repeat(5_462)))));
    }

    private void serverFrames() {
        PresenceFrames.ofTheGateway().forEach(this::frame);
        frame(
                "a welcome",
                ServerFrame.newBuilder()
                        .setWelcome(Welcome.newBuilder()
                                .setProtocolVersion(1)
                                .setFence(NOW)
                                .setTenant("shop")
                                .setPrincipal(author("vic", Role.VISITOR, "访客"))
                                .setLimits(Limits.newBuilder()
                                        .setFrameBytesMax(65_536)
                                        .setOperationsPerSubmissionMax(64)
                                        .setTextLengthMax(20_000)
                                        .setHeartbeatMillis(25_000)
                                        .setIdLengthMax(128)
                                        .setAttributeLengthMax(1_024)
                                        .setSubmissionBytesMax(32_768)
                                        .setBlocksPerConversationMax(10_000)
                                        .setAttributesPerBlockMax(64)
                                        .setSnapshotBlocks(200)
                                        .setOperationsPerSecond(1_000)
                                        .setOperationsBurst(4_000)
                                        .setConnectionsPerPrincipalMax(1_000)
                                        .setConnectionsPerAddressMax(50))
                                .setTimeMillis(NOW)
                                .setTokenExpiresAtMillis(NOW + 3_600_000)));
        frame("a welcome that says nothing", ServerFrame.newBuilder().setWelcome(Welcome.getDefaultInstance()));
        frame(
                "an opened conversation with entries",
                ServerFrame.newBuilder()
                        .setOpened(Opened.newBuilder()
                                .setHandle(1)
                                .setConversation("c-1")
                                .setName("chat")
                                .setView(View.STAFF)
                                .setEntries(entries())
                                .addOutboxes(answer().setAccepted(accepted()))
                                .addOutboxes(answer().setRejected(rejected(RejectCode.FORBIDDEN)))
                                .setDelivered(delivered())));
        frame(
                "an opened conversation with a snapshot",
                ServerFrame.newBuilder()
                        .setOpened(Opened.newBuilder()
                                .setHandle(2)
                                .setConversation("c-1")
                                .setView(View.PUBLIC)
                                .setBlocks(blocks(0))));
        frame(
                "an opened conversation with changed blocks",
                ServerFrame.newBuilder()
                        .setOpened(Opened.newBuilder()
                                .setHandle(2)
                                .setConversation("c-1")
                                .setView(View.PUBLIC)
                                .setBlocks(blocks(7))));
        frame(
                "an opened conversation that is up to date",
                ServerFrame.newBuilder()
                        .setOpened(Opened.newBuilder()
                                .setHandle(1)
                                .setEntries(Entries.newBuilder().setFrom(4).setTo(position(4)))));
        frame(
                "an opened conversation with the latest of its blocks",
                ServerFrame.newBuilder()
                        .setOpened(Opened.newBuilder()
                                .setHandle(2)
                                .setConversation("c-1")
                                .setView(View.STAFF)
                                .setBlocks(Blocks.newBuilder()
                                        .setPosition(position(9))
                                        .addBlocks(markedBlock())
                                        .addBlocks(mergedBlock())
                                        .setOlderThan(8))));
        frame("entries of every effect", ServerFrame.newBuilder().setEntries(entries()));
        frame(
                "entries with hashes",
                ServerFrame.newBuilder()
                        .setEntries(Entries.newBuilder()
                                .setHandle(1)
                                .setFrom(60)
                                .setTo(position(130))
                                .addHashes(hash(64, "0123456789abcdef"))
                                .addHashes(hash(128, "ffffffffffffffff"))));
        frame(
                "a page of older blocks",
                ServerFrame.newBuilder()
                        .setBlocksPage(BlocksPage.newBuilder()
                                .setHandle(1)
                                .setBefore(9)
                                .addBlocks(mergedBlock())
                                .setOlderThan(8)));
        frame(
                "the last page of older blocks",
                ServerFrame.newBuilder()
                        .setBlocksPage(BlocksPage.newBuilder().setHandle(1).setBefore(8)));
        frame(
                "entries that were typed",
                ServerFrame.newBuilder()
                        .setEntries(Entries.newBuilder()
                                .setHandle(1)
                                .setFrom(4)
                                .setTo(position(300))
                                .addEntries(entry(5, Role.AGENT))
                                .setKeystrokes(Keystrokes.newBuilder()
                                        .addAllLikes(List.of(0, 1))
                                        .addSkips(300)
                                        .addTimesMillis(1_000)
                                        .addBaseLengths(-300)
                                        .addPlaces(-1)
                                        .addAllChanges(List.of(2, -1))
                                        .setText("中😀")
                                        .setContentIds(CONTENT_ID.concat(CONTENT_ID)))));
        frame(
                "entries that are all hidden",
                ServerFrame.newBuilder()
                        .setEntries(Entries.newBuilder().setHandle(1).setFrom(8).setTo(position(300))));
        for (RejectCode code : RejectCode.values()) {
            if (code != RejectCode.UNRECOGNIZED) {
                frame(
                        "an answer: rejected, " + code,
                        ServerFrame.newBuilder().setAnswer(answer().setRejected(rejected(code))));
            }
        }
        for (RefuseCode code : RefuseCode.values()) {
            if (code != RefuseCode.UNRECOGNIZED) {
                frame(
                        "an answer: refused, " + code,
                        ServerFrame.newBuilder()
                                .setAnswer(answer().setRefused(Refused.newBuilder()
                                        .setCode(code)
                                        .setDelayMillis(1_500))));
            }
        }
        for (OutboxFaultCode code : OutboxFaultCode.values()) {
            if (code != OutboxFaultCode.UNRECOGNIZED) {
                frame(
                        "an answer: fault, " + code,
                        ServerFrame.newBuilder()
                                .setAnswer(answer().setFault(OutboxFault.newBuilder()
                                        .setCode(code)
                                        .setLastSeq(9))));
            }
        }
        frame("an answer: accepted", ServerFrame.newBuilder().setAnswer(answer().setAccepted(accepted())));
        frame("an answer of no kind", ServerFrame.newBuilder().setAnswer(answer()));
        for (OpenFailedCode code : OpenFailedCode.values()) {
            if (code != OpenFailedCode.UNRECOGNIZED) {
                frame(
                        "a failed open, " + code,
                        ServerFrame.newBuilder()
                                .setOpenFailed(OpenFailed.newBuilder()
                                        .setConversation("c-9")
                                        .setName("chat")
                                        .setCode(code)
                                        .setDelayMillis(2_000)));
            }
        }
        frame("what was delivered", ServerFrame.newBuilder().setDelivered(delivered()));
        frame(
                "nothing was delivered",
                ServerFrame.newBuilder().setDelivered(Delivered.newBuilder().setHandle(1)));
        frame(
                "a page of the inbox",
                ServerFrame.newBuilder()
                        .setInbox(Inbox.newBuilder()
                                .addRows(summary())
                                .addRows(ConversationSummary.getDefaultInstance())
                                .setNext(hex("cafe"))
                                .setPage(true)
                                .setKind("CHAT")));
        frame(
                "a change of the inbox",
                ServerFrame.newBuilder().setInbox(Inbox.newBuilder().addRows(summary())));
        frame(
                "a request to go away",
                ServerFrame.newBuilder()
                        .setGoAway(GoAway.newBuilder().setDelayMillis(250).setDeadlineMillis(30_000)));
        frame("a pong", ServerFrame.newBuilder().setPong(Pong.newBuilder().setNonce(1 << 31)));
        for (FailureCode code : FailureCode.values()) {
            if (code != FailureCode.UNRECOGNIZED) {
                frame(
                        "a failure, " + code,
                        ServerFrame.newBuilder()
                                .setFailure(Failure.newBuilder()
                                        .setCode(code)
                                        .setCloseCode(4_400)
                                        .addParameters("65536")
                                        .addParameters("")));
            }
        }
        frame(
                "a failure that says when to come again",
                ServerFrame.newBuilder()
                        .setFailure(Failure.newBuilder()
                                .setCode(FailureCode.UNAVAILABLE)
                                .setCloseCode(1_013)
                                .setDelayMillis(2_500)));
        add(
                "an answer and a pong in one message",
                ServerFrames.newBuilder()
                        .addFrames(ServerFrame.newBuilder().setAnswer(answer().setAccepted(accepted())))
                        .addFrames(ServerFrame.newBuilder()
                                .setPong(Pong.newBuilder().setNonce(1)))
                        .build());
    }

    /** Bytes that no encoder of ours writes and that every decoder has to read. */
    private void otherEncodings() throws InvalidProtocolBufferException {
        read(
                "frames that were joined after they were encoded",
                nested("0a", nested("2a", "0801")) + nested("0a", nested("2a", "0802")));
        read("fields out of order", nested("0a", nested("0a", "220163", "120174", "0801")));
        read("a number given twice: the last one counts", nested("0a", nested("2a", "0801", "0802")));
        read("a oneof given twice: the last one counts", nested("0a", nested("2a", "0801"), nested("3a", "0802")));
        read(
                "a message given twice is merged",
                nested("0a", nested("12", nested("1a", "0805"), nested("1a", nested("12", "aabbcc")))));
        read("a kind given twice is merged", nested("0a", nested("0a", "0801"), nested("0a", nested("12", "746f6b"))));
        read("a default that is written all the same", nested("0a", nested("2a", "0800")));
        read("a varint with more bytes than it needs", nested("0a", nested("2a", "08818000")));
        read(
                "a varint of ten bytes in a field of 32 bits keeps the low ones",
                nested("0a", nested("2a", "08ffffffffffffffffff01")));
        read("a truth that is not one", nested("0a", nested("12", "2007")));
        read("a byte order mark is part of the string", nested("0a", nested("12", nested("12", "efbbbf61"))));
        read(
                "unknown fields of every type are skipped",
                nested(
                        "0a",
                        nested(
                                "2a",
                                "f80101",
                                "f9010102030405060708",
                                "fa0103616263",
                                "fd0101020304",
                                "0805",
                                "f801ffff03")));
        read("spans that are not packed", edit("0802", "0800", "0803", "120178"));
        read("spans that are packed in two parts", edit(nested("0a", "0200"), nested("0a", "03"), "120178"));
        read("an unknown kind of frame is no kind", nested("0a", "fa0100"));
        read("an unknown kind of operation is no kind", nested("0a", nested("1a", nested("32", "fa0100"))));
        read(
                "an unknown enum value counts as unspecified",
                nested("0a", nested("1a", nested("32", nested("0a", "1063")))));
        readServer("an unknown failure counts as unspecified", nested("0a", nested("52", "0863", "10a122")));
        readServer("a negative enum value counts as unspecified", nested("0a", nested("52", "08ffffffffffffffffff01")));
    }

    /** A submit of one operation that edits with this TextEdit. */
    private static String edit(String... textEdit) {
        return nested("0a", nested("1a", nested("32", nested("12", nested("1a", textEdit)))));
    }

    /** A field that holds a message of fewer than 128 bytes. */
    private static String nested(String tag, String... fields) {
        String content = String.join("", fields);
        return tag + HexFormat.of().toHexDigits((byte) (content.length() / 2)) + content;
    }

    private void refusedBytes() {
        refuse("a tag without a value", "0a");
        refuse("a length past the end", "0a052a0208");
        refuse("a length past the end of the message around it", "0a042a0508010801");
        refuse("a varint that is cut", nested("0a", nested("2a", "08")));
        refuse("a varint of eleven bytes", nested("0a", nested("2a", "08ffffffffffffffffffff01")));
        refuse("a length of two gigabytes", "0affffffff07");
        refuse("the tag zero", "00");
        refuse("field zero", nested("0a", "0001"));
        refuse("a wire type that does not exist", nested("0a", "2e00"));
        refuse("the end of a group that never began", nested("0a", "2c"));
        refuse("a string that is not UTF-8", nested("0a", nested("12", nested("12", "ff"))));
        refuse("half an emoji", nested("0a", nested("12", nested("12", "eda0bd"))));
        refuse("a slash in two bytes", nested("0a", nested("12", nested("12", "c0af"))));
        refuse("a character cut in half", nested("0a", nested("12", nested("12", "e4b8"))));
    }

    private static Hello hello() {
        return Hello.newBuilder()
                .setProtocolVersion(1)
                .setToken("header.payload.signature")
                .setSession("5b3c")
                .setClient("parley-js/0.1.0")
                .build();
    }

    private static Position position(long revision) {
        return Position.newBuilder().setRevision(revision).setHead(HEAD).build();
    }

    private static OutboxMark outboxMark(String outbox, long answeredSeq) {
        return OutboxMark.newBuilder()
                .setOutbox(outbox)
                .setAnsweredSeq(answeredSeq)
                .build();
    }

    private static Acknowledge acknowledge(int handle, long revision) {
        return Acknowledge.newBuilder().setHandle(handle).setRevision(revision).build();
    }

    private static ClientFrame.Builder submit(List<Operation> operations) {
        return ClientFrame.newBuilder()
                .setSubmit(Submit.newBuilder()
                        .setHandle(1)
                        .setOutbox("box-1")
                        .setSeq(12)
                        .setContentId(CONTENT_ID)
                        .setBase(position(300))
                        .addAllOperations(operations));
    }

    private static List<Operation> operations(Operation... operations) {
        return List.of(operations);
    }

    private static Operation createBlock() {
        return Operation.newBuilder()
                .setCreateBlock(Operation.CreateBlock.newBuilder()
                        .setBlock("box-1.12")
                        .setKind(BlockKind.MESSAGE)
                        .setAudience(View.PUBLIC)
                        .setText("Hello 😀\n中文\u0000")
                        .addAttributes(attribute("a", "1"))
                        .addAttributes(attribute("b", "")))
                .build();
    }

    private static Operation editText(int baseLength, List<Integer> spans, String... inserts) {
        return Operation.newBuilder()
                .setEditText(Operation.EditText.newBuilder()
                        .setBlock("box-2.1")
                        .setBaseLength(baseLength)
                        .setEdit(textEdit(spans, inserts)))
                .build();
    }

    private static TextEdit textEdit(List<Integer> spans, String... inserts) {
        return TextEdit.newBuilder()
                .addAllSpans(spans)
                .addAllInserts(List.of(inserts))
                .build();
    }

    private static Operation setAttribute() {
        return setAttribute("state", "closed");
    }

    private static Operation setAttribute(String key, String value) {
        return Operation.newBuilder()
                .setSetAttribute(Operation.SetAttribute.newBuilder()
                        .setTarget("box-2.1")
                        .setKey(key)
                        .setValue(value))
                .build();
    }

    private static Operation advance() {
        return Operation.newBuilder()
                .setAdvance(Operation.Advance.newBuilder().setKey("read").setRevision(299))
                .build();
    }

    private static Operation publishDraft() {
        return Operation.newBuilder()
                .setPublishDraft(Operation.PublishDraft.newBuilder().setBlock("box-2.1"))
                .build();
    }

    private static List<Operation> commands() {
        return List.of(
                Operation.newBuilder()
                        .setPublishDraft(Operation.PublishDraft.newBuilder()
                                .setBlock("box-2.1")
                                .setAnswers(299))
                        .build(),
                Operation.newBuilder()
                        .setMergeBlocks(Operation.MergeBlocks.newBuilder()
                                .setBlock("box-2.2")
                                .setInto("box-2.1"))
                        .build(),
                Operation.newBuilder()
                        .setTakeOver(Operation.TakeOver.newBuilder().setBlock("box-2.1"))
                        .build(),
                Operation.newBuilder()
                        .setAcceptSuggestion(
                                Operation.AcceptSuggestion.newBuilder().setBlock("box-1.12"))
                        .build(),
                Operation.newBuilder()
                        .setDismissSuggestion(
                                Operation.DismissSuggestion.newBuilder().setBlock("box-1.12"))
                        .build(),
                Operation.newBuilder()
                        .setCloseConversation(Operation.CloseConversation.getDefaultInstance())
                        .build(),
                Operation.newBuilder()
                        .setReopenConversation(Operation.ReopenConversation.getDefaultInstance())
                        .build(),
                Operation.newBuilder()
                        .setRedact(Operation.Redact.newBuilder().setBlock("box-2.1"))
                        .build(),
                Operation.newBuilder()
                        .setLink(Operation.Link.newBuilder().setVisitor("vic").setName("访客"))
                        .build(),
                Operation.newBuilder()
                        .setStartRun(Operation.StartRun.newBuilder()
                                .setBlock("box-1.12")
                                .setRun("run-1"))
                        .build(),
                Operation.newBuilder()
                        .setAppendText(Operation.AppendText.newBuilder()
                                .setBlock("box-1.12")
                                .setRun("run-1")
                                .setFence(128)
                                .setText("Sure 😀"))
                        .build(),
                Operation.newBuilder()
                        .setFinishRun(Operation.FinishRun.newBuilder()
                                .setBlock("box-1.12")
                                .setRun("run-1")
                                .setFence(128))
                        .build());
    }

    private static Origin origin() {
        return Origin.newBuilder()
                .setSource(Source.AI)
                .setOnBehalfOf("ann")
                .setRun("run-1")
                .setModel("small-1")
                .build();
    }

    private static Attribute attribute(String key, String value) {
        return Attribute.newBuilder().setKey(key).setValue(value).build();
    }

    private static Author author(String subject, Role role, String name) {
        return Author.newBuilder()
                .setSubject(subject)
                .setRole(role)
                .setName(name)
                .build();
    }

    private static Entries entries() {
        return Entries.newBuilder()
                .setHandle(1)
                .setFrom(4)
                .setTo(position(14))
                .addEntries(Entry.newBuilder()
                        .setRevision(5)
                        .setTimeMillis(NOW)
                        .setCommand("Open")
                        .addEffects(set("", "state", "open").setAudience(View.PUBLIC)))
                .addEntries(entry(6, Role.VISITOR)
                        .setComposedAtMillis(NOW - 60_000)
                        .addEffects(Effect.newBuilder()
                                .setCreate(Effect.Create.newBuilder()
                                        .setBlock("box-1.12")
                                        .setKind(BlockKind.MESSAGE)
                                        .setText("Hello 😀")
                                        .addAttributes(attribute("reaction/ann", "+1")))
                                .setAudience(View.PUBLIC)))
                .addEntries(entry(7, Role.ASSISTANT)
                        .addEffects(Effect.newBuilder()
                                .setEditText(Effect.EditText.newBuilder()
                                        .setBlock("box-2.1")
                                        .setBaseLength(300)
                                        .setEdit(textEdit(List.of(299, 0, -1), "中")))
                                .setAudience(View.STAFF))
                        .addEffects(set("box-2.1", "tone", "kind").setAudience(View.STAFF))
                        .addEffects(set("", "read/bot", "6").setAudience(View.VIEW_UNSPECIFIED)))
                .addEntries(entry(9, Role.AGENT)
                        .setCommand("PublishDraft")
                        .addEffects(Effect.newBuilder()
                                .setReveal(Effect.Reveal.newBuilder()
                                        .setBlock("box-2.1")
                                        .setText("Dear all")
                                        .addAttributes(attribute("name", "n")))
                                .setAudience(View.PUBLIC)))
                .addEntries(entry(10, Role.AGENT)
                        .addEffects(Effect.newBuilder()
                                .setMove(Effect.Move.newBuilder()
                                        .setBlock("box-2.1")
                                        .setRank("B7V"))
                                .setAudience(View.PUBLIC)))
                .addEntries(entry(11, Role.ADMIN)
                        .setCommand("MergeBlocks")
                        .addEffects(Effect.newBuilder()
                                .setRetarget(Effect.Retarget.newBuilder()
                                        .setBlock("box-1.12")
                                        .setInto("box-2.1")
                                        .setIntoLength(8)
                                        .setAt(9)
                                        .setLength(7))
                                .setAudience(View.PUBLIC)))
                .addEntries(entry(12, Role.ADMIN)
                        .setCommand("Redact")
                        .addEffects(Effect.newBuilder()
                                .setErase(Effect.Erase.newBuilder().setBlock("box-1.12"))
                                .setAudience(View.PUBLIC)))
                .addEntries(entry(13, Role.ASSISTANT)
                        .setCommand("StartRun")
                        .setOrigin(origin())
                        .addEffects(place("run-1", 300, 300, true)))
                .addEntries(entry(14, Role.SERVICE)
                        .setOrigin(Origin.newBuilder().setSource(Source.BACKEND))
                        .addEffects(place("box-1.12", 1, 128, false))
                        .addEffects(Effect.newBuilder()
                                .setPlaceAnchor(Effect.PlaceAnchor.newBuilder()
                                        .setBlock("box-2.3")
                                        .setName("run-1")
                                        .setRemoved(true))
                                .setAudience(View.STAFF)))
                .build();
    }

    private static Effect.Builder place(String name, int start, int end, boolean run) {
        return Effect.newBuilder()
                .setPlaceAnchor(Effect.PlaceAnchor.newBuilder()
                        .setBlock("box-2.3")
                        .setName(name)
                        .setStart(start)
                        .setEnd(end)
                        .setRun(run))
                .setAudience(View.STAFF);
    }

    private static StateHash hash(long revision, String bytes) {
        return StateHash.newBuilder().setRevision(revision).setHash(hex(bytes)).build();
    }

    /** With owners, anchors and authors. */
    private static Block markedBlock() {
        return Block.newBuilder()
                .setId("box-2.3")
                .setKind(BlockKind.DRAFT)
                .setAudience(View.STAFF)
                .setAuthor(author("ann", Role.ADMIN, "Ann"))
                .setRevision(8)
                .setText("Dear\nall")
                .setRank("B7V")
                .addOwners(author("bob", Role.AGENT, ""))
                .addAnchors(Anchor.newBuilder()
                        .setName("box-1.12")
                        .setStart(1)
                        .setEnd(1)
                        .setStale(true))
                .addAnchors(Anchor.newBuilder()
                        .setName("run-1")
                        .setStart(8)
                        .setEnd(8)
                        .setRun(true)
                        .setWritten(300))
                .addAuthors(author("ann", Role.ADMIN, "Ann"))
                .addAuthors(author("bot", Role.ASSISTANT, ""))
                .addAllAuthorship(List.of(5, 0, 3, 1))
                .build();
    }

    /** A tombstone: its text went to another block and was redacted there. */
    private static Block mergedBlock() {
        return Block.newBuilder()
                .setId("box-2.2")
                .setKind(BlockKind.MESSAGE)
                .setAudience(View.PUBLIC)
                .setAuthor(author("vic", Role.VISITOR, ""))
                .setRevision(8)
                .setEdited(9)
                .setMergedInto("box-2.1")
                .setErased(true)
                .build();
    }

    private static Entry.Builder entry(long revision, Role role) {
        return Entry.newBuilder()
                .setRevision(revision)
                .setAuthor(author("s-" + revision, role, ""))
                .setTimeMillis(NOW + revision)
                .setOutbox("box-" + revision)
                .setSeq(revision * 100)
                .setContentId(CONTENT_ID);
    }

    private static Effect.Builder set(String target, String key, String value) {
        return Effect.newBuilder()
                .setSet(Effect.Set.newBuilder()
                        .setTarget(target)
                        .setKey(key)
                        .setValue(value)
                        .setAdvance(key.startsWith("read/")));
    }

    private static Blocks blocks(long since) {
        Blocks.Builder blocks = Blocks.newBuilder().setSince(since).setPosition(position(9));
        for (BlockKind kind : BlockKind.values()) {
            if (kind != BlockKind.UNRECOGNIZED) {
                blocks.addBlocks(Block.newBuilder()
                        .setId("box-1." + kind.getNumber())
                        .setKind(kind)
                        .setAudience(kind == BlockKind.MESSAGE ? View.PUBLIC : View.STAFF)
                        .setAuthor(author("ann", Role.ADMIN, "Ann"))
                        .setRevision(8)
                        .setEdited(9)
                        .setTimeMillis(NOW)
                        .setComposedAtMillis(NOW - 1)
                        .setText("text of " + kind)
                        .addAttributes(attribute("a", "1")));
            }
        }
        return blocks.addAttributes(attribute("state", "open"))
                .addAttributes(attribute("visitor", "vic"))
                .build();
    }

    private static Answer.Builder answer() {
        return Answer.newBuilder().setHandle(1).setOutbox("box-1").setSeq(12);
    }

    private static Accepted accepted() {
        return Accepted.newBuilder().setRevision(301).setContentId(CONTENT_ID).build();
    }

    private static Rejected rejected(RejectCode code) {
        return Rejected.newBuilder()
                .setCode(code)
                .addParameters("box-2.1")
                .setContentId(CONTENT_ID)
                .build();
    }

    private static Delivered delivered() {
        return Delivered.newBuilder()
                .setHandle(1)
                .setVisitorToStaff(7)
                .setStaffToVisitor(9)
                .build();
    }

    private static ConversationSummary summary() {
        return ConversationSummary.newBuilder()
                .setConversation("c-1")
                .setVisitor("vic")
                .setVisitorName("访客")
                .setState("open")
                .setAssignee("ann")
                .setLastText("Hello 😀")
                .setLastRole(Role.SERVICE)
                .setLastTimeMillis(NOW)
                .setRevision(9)
                .setKind("CHAT")
                .setTitle("Rechnung")
                .addTags("billing")
                .addTags("вип")
                .build();
    }

    private void frame(String name, ClientFrame.Builder frame) {
        add(name, ClientFrames.newBuilder().addFrames(frame).build());
    }

    private void frame(String name, ServerFrame.Builder frame) {
        add(name, ServerFrames.newBuilder().addFrames(frame).build());
    }

    private void add(String name, Message message) {
        remember(message);
        Map<String, Object> line = line(name, message.getDescriptorForType().getName(), message.toByteString());
        line.put("message", ReadableForm.of(message));
        lines.add(Json.of(line));
    }

    private void read(String name, String hex) throws InvalidProtocolBufferException {
        decoded(name, ClientFrames.parseFrom(hex(hex)), hex);
    }

    private void readServer(String name, String hex) throws InvalidProtocolBufferException {
        decoded(name, ServerFrames.parseFrom(hex(hex)), hex);
    }

    private void decoded(String name, Message message, String hex) {
        Map<String, Object> line = line(name, message.getDescriptorForType().getName(), hex(hex));
        line.put("message", ReadableForm.of(message));
        line.put("decodeOnly", true);
        lines.add(Json.of(line));
    }

    private void refuse(String name, String hex) {
        assertThatThrownBy(() -> ClientFrames.parseFrom(hex(hex)))
                .as(name)
                .isInstanceOf(InvalidProtocolBufferException.class);
        Map<String, Object> line = line(name, "ClientFrames", hex(hex));
        line.put("error", true);
        lines.add(Json.of(line));
    }

    private static Map<String, Object> line(String name, String type, ByteString bytes) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", name);
        line.put("type", type);
        line.put("bytes", HexFormat.of().formatHex(bytes.toByteArray()));
        return line;
    }

    private static ByteString hex(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    private void remember(Message message) {
        message.getAllFields().forEach((field, value) -> {
            shownFields.add(field);
            List<?> values = field.isRepeated() ? (List<?>) value : List.of(value);
            for (Object each : values) {
                if (each instanceof Message nested) {
                    remember(nested);
                } else if (each instanceof EnumValueDescriptor constant) {
                    shownConstants.add(constant);
                }
            }
        });
    }

    private void everyFieldAndEveryConstantIsShown() {
        Set<FieldDescriptor> fields = new HashSet<>();
        Set<EnumValueDescriptor> constants = new HashSet<>();
        collect(ClientFrames.getDescriptor(), fields, constants);
        collect(ServerFrames.getDescriptor(), fields, constants);

        fields.removeAll(shownFields);
        constants.removeAll(shownConstants);
        assertThat(fields).as("fields that no frame shows").isEmpty();
        assertThat(constants).as("constants that no frame shows").isEmpty();
    }

    /** Unspecified constants are the ones that are never written. */
    private static void collect(
            com.google.protobuf.Descriptors.Descriptor type,
            Set<FieldDescriptor> fields,
            Set<EnumValueDescriptor> constants) {
        for (FieldDescriptor field : type.getFields()) {
            if (fields.add(field)) {
                switch (field.getJavaType()) {
                    case MESSAGE -> collect(field.getMessageType(), fields, constants);
                    case ENUM ->
                        field.getEnumType().getValues().stream()
                                .filter(constant -> constant.getNumber() != 0)
                                .forEach(constants::add);
                    default -> {}
                }
            }
        }
    }
}
