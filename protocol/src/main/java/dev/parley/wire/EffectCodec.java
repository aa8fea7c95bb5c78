package dev.parley.wire;

import dev.parley.conversation.Effect;
import dev.parley.conversation.RejectedException;

/** Effects, as they stand in entries. */
final class EffectCodec {
    private EffectCodec() {}

    static dev.parley.wire.v1.Effect encode(Effect effect) {
        dev.parley.wire.v1.Effect.Builder wire =
                dev.parley.wire.v1.Effect.newBuilder().setAudience(Enums.view(effect.audience()));
        if (effect instanceof Effect.EditText edit) {
            // Without a builder within the builder: it is what is typed.
            wire.setEditText(dev.parley.wire.v1.Effect.EditText.newBuilder()
                    .setBlock(edit.block())
                    .setBaseLength(edit.baseLength())
                    .setEdit(TextEditCodec.encode(edit.edit()))
                    .build());
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
        } else if (effect instanceof Effect.Move move) {
            wire.getMoveBuilder().setBlock(move.block()).setRank(move.rank());
        } else if (effect instanceof Effect.Retarget retarget) {
            wire.getRetargetBuilder()
                    .setBlock(retarget.block())
                    .setInto(retarget.into())
                    .setIntoLength(retarget.intoLength())
                    .setAt(retarget.at())
                    .setLength(retarget.length());
        } else if (effect instanceof Effect.Erase erase) {
            wire.getEraseBuilder().setBlock(erase.block());
        } else if (effect instanceof Effect.PlaceAnchor anchor) {
            wire.getPlaceAnchorBuilder()
                    .setBlock(anchor.block())
                    .setName(anchor.name())
                    .setStart(anchor.start())
                    .setEnd(anchor.end())
                    .setRun(anchor.run())
                    .setRemoved(anchor.removed());
        } else {
            throw new IllegalArgumentException("no wire form for " + effect);
        }
        return wire.build();
    }

    static Effect decode(dev.parley.wire.v1.Effect wire) throws WireException {
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
            case MOVE ->
                new Effect.Move(wire.getMove().getBlock(), wire.getMove().getRank(), audience);
            case RETARGET ->
                new Effect.Retarget(
                        wire.getRetarget().getBlock(),
                        wire.getRetarget().getInto(),
                        wire.getRetarget().getIntoLength(),
                        wire.getRetarget().getAt(),
                        wire.getRetarget().getLength(),
                        audience);
            case ERASE -> new Effect.Erase(wire.getErase().getBlock(), audience);
            case PLACE_ANCHOR ->
                new Effect.PlaceAnchor(
                        wire.getPlaceAnchor().getBlock(),
                        wire.getPlaceAnchor().getName(),
                        wire.getPlaceAnchor().getStart(),
                        wire.getPlaceAnchor().getEnd(),
                        wire.getPlaceAnchor().getRun(),
                        wire.getPlaceAnchor().getRemoved(),
                        audience);
            case KIND_NOT_SET -> throw new WireException("unknown effect");
        };
    }
}
