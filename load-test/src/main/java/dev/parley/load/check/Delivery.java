package dev.parley.load.check;

import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.TextEdit;
import dev.parley.wire.v1.View;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * An entry that reached a replica: enough to compare it with the log, without keeping it. {@code shape} is of the entry
 * without its texts and its blocks' attributes, of which a redaction leaves the lengths and the keys.
 */
public record Delivery(long revision, boolean holdsStaffEffects, long digest, long shape) {
    private static final String FILLER = "\u2588";

    public static Delivery of(Entry entry) {
        boolean holdsStaffEffects = false;
        Entry.Builder shape = entry.toBuilder().clearEffects();
        for (Effect effect : entry.getEffectsList()) {
            holdsStaffEffects |= effect.getAudience() != View.PUBLIC;
            shape.addEffects(shape(effect));
        }
        return new Delivery(entry.getRevision(), holdsStaffEffects, digest(entry), digest(shape.build()));
    }

    /** Whether one may be the other after a redaction. */
    boolean hasShapeOf(Delivery other) {
        return revision == other.revision && holdsStaffEffects == other.holdsStaffEffects && shape == other.shape;
    }

    private static Effect shape(Effect effect) {
        Effect.Builder shape = effect.toBuilder();
        switch (effect.getKindCase()) {
            case CREATE ->
                shape.getCreateBuilder()
                        .setText(filler(effect.getCreate().getText()))
                        .clearAttributes();
            case REVEAL ->
                shape.getRevealBuilder()
                        .setText(filler(effect.getReveal().getText()))
                        .clearAttributes();
            case EDIT_TEXT -> {
                TextEdit edit = effect.getEditText().getEdit();
                TextEdit.Builder filled = edit.toBuilder().clearInserts();
                edit.getInsertsList().forEach(text -> filled.addInserts(filler(text)));
                shape.getEditTextBuilder().setEdit(filled);
            }
            case SET -> {
                if (!effect.getSet().getTarget().isEmpty()) {
                    shape.getSetBuilder().clearValue();
                }
            }
            case MOVE, RETARGET, ERASE, PLACE_ANCHOR, KIND_NOT_SET -> {}
        }
        return shape.build();
    }

    private static String filler(String text) {
        return FILLER.repeat(text.codePointCount(0, text.length()));
    }

    private static long digest(Entry entry) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(entry.toByteArray());
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
