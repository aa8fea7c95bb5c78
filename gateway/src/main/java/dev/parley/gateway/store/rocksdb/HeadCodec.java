package dev.parley.gateway.store.rocksdb;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.RowCodec;
import dev.parley.wire.SummaryCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.StoredHead;

/** The values of the family of heads. */
final class HeadCodec {

    private HeadCodec() {}

    static byte[] encode(Head head) {
        StoredHead.Builder wire = StoredHead.newBuilder()
                .setRevision(head.chain().revision())
                .setChain(RowCodec.hash(head.chain()))
                .setSnapshotRevision(head.snapshot());
        ConversationSummary summary = head.summary();
        if (summary != null) {
            wire.setSummary(SummaryCodec.encode(summary));
        }
        if (head.horizon().revision() > 0) {
            wire.setHorizonRevision(head.horizon().revision()).setHorizonChain(RowCodec.hash(head.horizon()));
        }
        return RowCodec.encode(wire.build());
    }

    static Head decode(byte[] value) throws WireException {
        StoredHead wire = RowCodec.decode(value, StoredHead.parser());
        return new Head(
                RowCodec.chain(wire.getRevision(), wire.getChain()),
                wire.hasSummary() ? SummaryCodec.decode(wire.getSummary()) : null,
                wire.getHorizonRevision() == 0
                        ? Chain.START
                        : RowCodec.chain(wire.getHorizonRevision(), wire.getHorizonChain()),
                wire.getSnapshotRevision());
    }
}
