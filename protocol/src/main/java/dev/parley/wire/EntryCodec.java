package dev.parley.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Author;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Origin;
import dev.parley.conversation.SubmissionId;
import java.util.ArrayList;
import java.util.List;

/** Entries, as they are stored and sent. */
public final class EntryCodec {
    private EntryCodec() {}

    public static byte[] encode(Entry entry) {
        return toWire(entry).toByteArray();
    }

    public static dev.parley.wire.v1.Entry toWire(Entry entry) {
        dev.parley.wire.v1.Entry.Builder wire = dev.parley.wire.v1.Entry.newBuilder()
                .setRevision(entry.revision())
                .setTimeMillis(entry.timeMillis())
                .setCommand(entry.command())
                .setComposedAtMillis(entry.composedAtMillis());
        if (!entry.author().equals(Author.GATEWAY)) {
            wire.setAuthor(AuthorCodec.encode(entry.author()));
        }
        SubmissionId submission = entry.submission();
        if (!submission.equals(SubmissionId.NONE)) {
            wire.setOutbox(submission.outbox())
                    .setSeq(submission.seq())
                    .setContentId(Fixed64.encode(submission.contentId()));
        }
        if (!entry.origin().equals(Origin.HUMAN)) {
            wire.setOrigin(OriginCodec.encode(entry.origin()));
        }
        for (Effect effect : entry.effects()) {
            wire.addEffects(EffectCodec.encode(effect));
        }
        return wire.build();
    }

    public static Entry decode(byte[] bytes) throws WireException {
        try {
            return fromWire(dev.parley.wire.v1.Entry.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new WireException("not an entry", e);
        }
    }

    public static Entry fromWire(dev.parley.wire.v1.Entry wire) throws WireException {
        List<Effect> effects = new ArrayList<>(wire.getEffectsCount());
        for (dev.parley.wire.v1.Effect effect : wire.getEffectsList()) {
            effects.add(EffectCodec.decode(effect));
        }
        return new Entry(
                wire.getRevision(),
                wire.hasAuthor() ? AuthorCodec.decode(wire.getAuthor()) : Author.GATEWAY,
                wire.getTimeMillis(),
                wire.getOutbox().isEmpty()
                        ? SubmissionId.NONE
                        : new SubmissionId(wire.getOutbox(), wire.getSeq(), Fixed64.decode(wire.getContentId())),
                wire.getCommand(),
                List.copyOf(effects),
                wire.getComposedAtMillis(),
                wire.hasOrigin() ? OriginCodec.decode(wire.getOrigin()) : Origin.HUMAN);
    }
}
