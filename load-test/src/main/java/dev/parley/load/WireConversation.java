package dev.parley.load;

import dev.parley.conversation.Block;
import dev.parley.conversation.CanonicalText;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Replica;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.load.check.Delivery;
import dev.parley.load.check.History;
import dev.parley.load.check.History.Event;
import dev.parley.load.check.SubmissionKey;
import dev.parley.ot.TextEdit;
import dev.parley.wire.AttributesCodec;
import dev.parley.wire.BlockCodec;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.Fixed64;
import dev.parley.wire.PositionCodec;
import dev.parley.wire.RejectCodeCodec;
import dev.parley.wire.SubmissionCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.Blocks;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Delivered;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.OutboxMark;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One conversation of a client: its replica, what of it is on the wire, and the history of both. On the client's loop. */
public final class WireConversation {
    private final WireClient client;
    private final String target;
    private final Replica replica;
    private final History history;
    private final Observer observer;
    private int handle;
    private boolean open;
    private boolean askedForEntries;
    private boolean paused;
    private long askedNanos;
    private @Nullable String brokenBy;
    private @Nullable Submission sent;
    private Delivered delivered = Delivered.getDefaultInstance();

    /** {@code target} is the conversation's id, or for a visitor the name of an own one. */
    WireConversation(WireClient client, String target, Replica replica, History history, Observer observer) {
        this.client = client;
        this.target = target;
        this.replica = replica;
        this.history = history;
        this.observer = observer;
    }

    public WireClient client() {
        return client;
    }

    public Replica replica() {
        return replica;
    }

    public History history() {
        return history;
    }

    /** The gateway's id for it; empty until it was first opened. */
    public String conversation() {
        return history.conversation();
    }

    public int handle() {
        return handle;
    }

    /** Open on the present connection, and so caught up to where it was opened. */
    public boolean isOpen() {
        return open;
    }

    public boolean isBroken() {
        return brokenBy != null;
    }

    public Delivered delivered() {
        return delivered;
    }

    public SubmissionId submit(Operation operation) {
        return submit(List.of(operation));
    }

    public SubmissionId submit(List<Operation> operations) {
        SubmissionId id = replica.submit(operations, 0);
        invoked(id);
        return id;
    }

    public SubmissionId edit(String block, TextEdit edit) {
        SubmissionId id = replica.edit(block, edit);
        invoked(id);
        return id;
    }

    private void invoked(SubmissionId id) {
        history.add(new Event.Invoked(key(id)));
        flush();
    }

    /** Sends what waits, if it may. */
    void flush() {
        if (!open || paused || isBroken()) {
            return;
        }
        Submission next = replica.takeNext();
        if (next != null) {
            sent = next;
            client.send(ClientFrame.newBuilder()
                    .setSubmit(SubmissionCodec.encode(handle, next))
                    .build());
        }
    }

    /** Opens again on the same connection. What comes until that is answered would have a gap before it. */
    private void reopen() {
        open = false;
        client.send(openFrame());
    }

    ClientFrame openFrame() {
        askedForEntries = replica.pendingCount() > 0;
        askedNanos = client.nanoTime();
        Open.Builder request = Open.newBuilder().setPending(askedForEntries);
        if (client.self().role() == Role.VISITOR) {
            request.setName(target);
        } else {
            request.setConversation(target);
        }
        if (replica.position().revision() > 0) {
            request.setPosition(PositionCodec.encode(replica.position()));
        }
        if (askedForEntries) {
            request.addOutboxes(
                    OutboxMark.newBuilder().setOutbox(replica.outbox()).setAnsweredSeq(replica.answeredSeq()));
        }
        return ClientFrame.newBuilder().setOpen(request).build();
    }

    boolean isMeantBy(String conversation, String name) {
        return client.self().role() == Role.VISITOR ? target.equals(name) : target.equals(conversation);
    }

    void opened(Opened opened) throws WireException {
        boolean again = !conversation().isEmpty();
        handle = opened.getHandle();
        history.opened(opened.getConversation());
        delivered = opened.getDelivered();
        if (opened.hasBlocks() && replica.pendingCount() > 0 && !askedForEntries) {
            reopen();
            return;
        }
        askedForEntries = false;
        long revision = replica.position().revision();
        Map<String, Block> blocks = again ? CatchUp.blocks(replica.confirmed()) : Map.of();
        List<Answer> answers = opened.getOutboxesList().stream()
                .filter(answer -> answer.getOutbox().equals(replica.outbox()))
                .toList();
        switch (opened.getCatchUpCase()) {
            case ENTRIES -> {
                receive(opened.getEntries(), false);
                answer(answers);
            }
            case BLOCKS -> {
                // First, since they tell which of what is pending is in the blocks.
                answer(answers);
                receive(opened.getBlocks());
            }
            case CATCHUP_NOT_SET -> fail("opened without anything to catch up with");
        }
        open = true;
        if (again) {
            observer.caughtUp(
                    this,
                    new CatchUp(
                            askedNanos,
                            replica.position().revision() - revision,
                            opened.getSerializedSize(),
                            CatchUp.changedBytes(blocks, replica.confirmed())));
        }
        askedNanos = 0;
        observer.opened(this, again);
        flush();
    }

    void disconnected() {
        open = false;
        paused = false;
        replica.sendAgain();
    }

    /** Entries that came by themselves, or with {@code live} false as the answer to an open: those may tell again. */
    void receive(Entries frame, boolean live) throws WireException {
        long before = replica.position().revision();
        List<Delivery> deliveries = new ArrayList<>(frame.getEntriesCount());
        List<Entry> entries = new ArrayList<>(frame.getEntriesCount());
        for (dev.parley.wire.v1.Entry wire : frame.getEntriesList()) {
            boolean again = wire.getRevision() <= before;
            if (live || !again) {
                deliveries.add(Delivery.of(wire));
            }
            if (!again) {
                entries.add(EntryCodec.fromWire(wire));
            }
        }
        Position to = PositionCodec.decode(frame.getTo());
        boolean old = to.revision() < before;
        if (live || !old) {
            history.add(new Event.Received(frame.getFrom(), frame.getTo(), deliveries));
        }
        if (old) {
            return;
        }
        replica.receive(entries, to);
        for (Entry entry : entries) {
            if (entry.submission().outbox().equals(replica.outbox())) {
                acknowledged(entry.submission(), entry.revision());
            } else {
                observer.delivered(this, entry, live);
            }
        }
        client.acknowledgeSoon(this);
        flush();
    }

    private void receive(Blocks frame) throws WireException {
        List<Block> blocks = new ArrayList<>(frame.getBlocksCount());
        boolean holdsStaffBlocks = false;
        for (dev.parley.wire.v1.Block wire : frame.getBlocksList()) {
            holdsStaffBlocks |= wire.getAudience() != View.PUBLIC;
            blocks.add(BlockCodec.decode(wire));
        }
        replica.receive(
                frame.getSince(),
                blocks,
                AttributesCodec.decode(frame.getAttributesList()),
                PositionCodec.decode(frame.getPosition()),
                frame.getOlderThan());
        history.add(new Event.Replaced(frame.getPosition(), holdsStaffBlocks, CanonicalText.of(replica.confirmed())));
        client.acknowledgeSoon(this);
    }

    private void answer(List<Answer> answers) throws WireException {
        for (Answer answer : answers) {
            answer(answer);
        }
    }

    void answer(Answer answer) throws WireException {
        long seq = answer.getSeq();
        switch (answer.getKindCase()) {
            case ACCEPTED -> {
                SubmissionId id = id(seq, Fixed64.decode(answer.getAccepted().getContentId()));
                replica.accepted(id);
                acknowledged(id, answer.getAccepted().getRevision());
            }
            case REJECTED -> {
                SubmissionId id = id(seq, Fixed64.decode(answer.getRejected().getContentId()));
                RejectCode code = RejectCodeCodec.decode(answer.getRejected().getCode());
                replica.rejected(id, code);
                history.add(new Event.Rejected(key(id), answer.getRejected().getCode()));
                observer.rejected(this, id, answer.getRejected().getCode());
            }
            case REFUSED ->
                refused(seq, answer.getRefused().getCode(), answer.getRefused().getDelayMillis());
            case FAULT -> {
                SubmissionId id = sent == null || sent.id().seq() != seq ? id(seq, 0) : sent.id();
                brokenBy = answer.getFault().getCode().toString();
                history.add(new Event.Faulted(key(id), answer.getFault().getCode()));
                observer.faulted(this, id, answer.getFault().getCode());
            }
            case KIND_NOT_SET -> fail("an answer that says nothing");
        }
        flush();
    }

    private void acknowledged(SubmissionId id, long revision) {
        history.add(new Event.Accepted(key(id), revision));
        if (sent != null && sent.id().equals(id)) {
            Submission acknowledged = sent;
            sent = null;
            observer.acknowledged(this, acknowledged, revision);
        }
    }

    private void refused(long seq, RefuseCode code, int delayMillis) {
        if (sent == null || sent.id().seq() != seq) {
            return;
        }
        observer.refused(this, sent.id(), code);
        replica.sendAgain();
        paused = true;
        client.later(delayMillis, () -> {
            paused = false;
            if (code == RefuseCode.BEHIND || code == RefuseCode.FOREIGN_POSITION) {
                reopen();
            } else {
                flush();
            }
        });
    }

    void delivered(Delivered latest) {
        delivered = latest;
    }

    /** Something happened that cannot be: the conversation stops here, and the run is judged by it. */
    void fail(String what) {
        if (!isBroken()) {
            brokenBy = what;
            history.add(new Event.Failed(what));
        }
    }

    /** Closes the history: the run is over. */
    public void end() {
        history.add(new Event.Ended(
                PositionCodec.encode(replica.position()),
                replica.pendingCount(),
                CanonicalText.of(replica.confirmed())));
    }

    private SubmissionId id(long seq, long contentId) {
        return new SubmissionId(replica.outbox(), seq, contentId);
    }

    private static SubmissionKey key(SubmissionId id) {
        return new SubmissionKey(id.outbox(), id.seq(), Fixed64.encode(id.contentId()));
    }

    @Override
    public String toString() {
        String state = brokenBy != null ? brokenBy : open ? paused ? "paused" : "open" : "not open";
        return client + "@" + target + " at " + replica.position() + " with " + replica.pendingCount() + " pending: "
                + state;
    }
}
