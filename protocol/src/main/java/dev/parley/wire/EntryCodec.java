package dev.parley.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Author;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.RejectedException;
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
        for (Effect effect : entry.effects()) {
            wire.addEffects(encode(effect));
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
            effects.add(decode(effect));
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
                wire.getComposedAtMillis());
    }

    private static dev.parley.wire.v1.Effect encode(Effect effect) {
        dev.parley.wire.v1.Effect.Builder wire =
                dev.parley.wire.v1.Effect.newBuilder().setAudience(Enums.view(effect.audience()));
        if (effect instanceof Effect.EditText edit) {
            wire.getEditTextBuilder()
                    .setBlock(edit.block())
                    .setBaseLength(edit.baseLength())
                    .setEdit(TextEditCodec.encode(edit.edit()));
        } else if (effect instanceof Effect.Create create) {
            wire.getCreateBuilder()
                    .setBlock(create.block())
                    .setKind(Enums.blockKind(create.kind()))
                    .setText(create.text())
                    .addAllAttributes(AttributesCodec.encode(create.attributes()));
        } else if (effect instanceof Effect.Set set) {
            wire.getSetBuilder()
                    .setTarget(set.target())
                    .setKey(set.key())
                    .setValue(set.value())
                    .setAdvance(set.advance());
        } else if (effect instanceof Effect.Reveal reveal) {
            wire.getRevealBuilder()
                    .setBlock(reveal.block())
                    .setText(reveal.text())
                    .addAllAttributes(AttributesCodec.encode(reveal.attributes()));
        } else {
            throw new IllegalArgumentException("no wire form for " + effect);
        }
        return wire.build();
    }

    private static Effect decode(dev.parley.wire.v1.Effect wire) throws WireException {
        var audience = Enums.audience(wire.getAudience());
        return switch (wire.getKindCase()) {
            case CREATE ->
                new Effect.Create(
                        wire.getCreate().getBlock(),
                        Enums.blockKind(wire.getCreate().getKind()),
                        audience,
                        wire.getCreate().getText(),
                        AttributesCodec.decode(wire.getCreate().getAttributesList()));
            case EDIT_TEXT -> {
                try {
                    yield new Effect.EditText(
                            wire.getEditText().getBlock(),
                            wire.getEditText().getBaseLength(),
                            TextEditCodec.decode(wire.getEditText().getEdit()),
                            audience);
                } catch (RejectedException e) {
                    throw new WireException("an edit in the log is " + e.code(), e);
                }
            }
            case SET ->
                new Effect.Set(
                        wire.getSet().getTarget(),
                        wire.getSet().getKey(),
                        wire.getSet().getValue(),
                        wire.getSet().getAdvance(),
                        audience);
            case REVEAL ->
                new Effect.Reveal(
                        wire.getReveal().getBlock(),
                        wire.getReveal().getText(),
                        AttributesCodec.decode(wire.getReveal().getAttributesList()),
                        audience);
            case KIND_NOT_SET -> throw new WireException("unknown effect");
        };
    }
}
