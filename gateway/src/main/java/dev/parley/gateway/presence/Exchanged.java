package dev.parley.gateway.presence;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Author;
import dev.parley.conversation.View;
import dev.parley.crdt.AddWinsSet;
import dev.parley.crdt.OrderedSet;
import dev.parley.crdt.VersionVector;
import dev.parley.gateway.presence.PageCounts.Row;
import dev.parley.wire.AddWinsSetCodec;
import dev.parley.wire.AuthorCodec;
import dev.parley.wire.CausalContextCodec;
import dev.parley.wire.OrderedSetCodec;
import dev.parley.wire.PnCounterCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Exchange;
import dev.parley.wire.v1.Known;
import dev.parley.wire.v1.PageCounter;
import dev.parley.wire.v1.Signalled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One node's message about one tenant. Immutable. */
record Exchanged(
        String node,
        long fence,
        String tenant,
        long number,
        AddWinsSet viewers,
        OrderedSet queue,
        List<Row> pages,
        List<Doing> signals,
        @Nullable Digest digest) {

    record Doing(String conversation, Author author, Signal signal) {}

    /** What the sender knows of. */
    record Digest(VersionVector viewers, VersionVector queue, VersionVector pages) {}

    byte[] encoded() {
        Exchange.Builder wire = Exchange.newBuilder()
                .setNode(node)
                .setFence(fence)
                .setTenant(tenant)
                .setNumber(number)
                .setViewers(AddWinsSetCodec.encode(viewers))
                .setQueue(OrderedSetCodec.encode(queue));
        for (Row row : pages) {
            wire.addPagesBuilder()
                    .setPage(row.page())
                    .setTitle(row.title())
                    .setVisitors(PnCounterCodec.encode(row.visitors()));
        }
        for (Doing doing : signals) {
            Signalled.Builder signalled = wire.addSignalsBuilder()
                    .setConversation(doing.conversation())
                    .setAuthor(AuthorCodec.encode(doing.author()))
                    .setTyping(SignalCodec.encode(doing.signal().typing()));
            if (doing.signal().cursor() != null) {
                signalled.setCursor(SignalCodec.encode(doing.signal().cursor()));
            }
        }
        if (digest != null) {
            wire.setKnown(Known.newBuilder()
                    .setViewers(CausalContextCodec.encode(digest.viewers()))
                    .setQueue(CausalContextCodec.encode(digest.queue()))
                    .setPages(CausalContextCodec.encode(digest.pages())));
        }
        return wire.build().toByteArray();
    }

    static Exchanged decode(byte[] bytes) throws WireException {
        Exchange wire;
        try {
            wire = Exchange.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new WireException("no exchange", e);
        }
        List<Row> pages = new ArrayList<>();
        for (PageCounter row : wire.getPagesList()) {
            pages.add(new Row(row.getPage(), row.getTitle(), PnCounterCodec.decode(row.getVisitors())));
        }
        List<Doing> signals = new ArrayList<>();
        for (Signalled signalled : wire.getSignalsList()) {
            View typing = SignalCodec.decode(signalled.getTyping());
            Cursor cursor = signalled.hasCursor() ? SignalCodec.decode(signalled.getCursor()) : null;
            signals.add(new Doing(
                    signalled.getConversation(),
                    AuthorCodec.decode(signalled.getAuthor()),
                    new Signal(typing, cursor)));
        }
        Known known = wire.getKnown();
        Digest digest = wire.hasKnown()
                ? new Digest(
                        CausalContextCodec.decode(known.getViewers()),
                        CausalContextCodec.decode(known.getQueue()),
                        CausalContextCodec.decode(known.getPages()))
                : null;
        return new Exchanged(
                wire.getNode(),
                wire.getFence(),
                wire.getTenant(),
                wire.getNumber(),
                AddWinsSetCodec.decode(wire.getViewers()),
                OrderedSetCodec.decode(wire.getQueue()),
                List.copyOf(pages),
                List.copyOf(signals),
                digest);
    }
}
