package dev.parley.gateway.shard;

import dev.parley.gateway.shard.Delivery.Refusal;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation in the cache, with what was decided on it and waits to be released until the head it was decided on is
 * durable. Owned by its shard.
 */
final class LoadedConversation {
    private final Conversation conversation;
    private final ArrayDeque<Release> waiting = new ArrayDeque<>();
    private int waitingForBatch;
    private boolean inBatch;
    private int pins;
    private int losses;
    private int appendsInARow;
    private boolean othersWrite;
    private boolean resting;

    /** {@code losses}: how often in a row its appends have lost. */
    LoadedConversation(Conversation conversation, int losses) {
        this.conversation = conversation;
        this.losses = losses;
        othersWrite = losses > 0;
    }

    /** What becomes visible, in the order in which it was decided, and the request it answers. */
    sealed interface Release {
        Command origin();

        record Logged(LoggedEntry entry, Command origin) implements Release {}

        record Reply(Delivery delivery, Command origin) implements Release {}

        /** It is started again. */
        record Again(Command origin) implements Release {}

        record Refused(Refusal refusal, Command origin) implements Release {}

        /** The subscriber joins the audience with a replica at {@code head}. */
        record Join(Audience audience, Delivery.Opened opened, Chain head, Command origin) implements Release {}
    }

    Conversation conversation() {
        return conversation;
    }

    /** Whether something was decided that is not durable yet. Such a conversation must not be evicted. */
    boolean isBusy() {
        return inBatch || !waiting.isEmpty() || conversation.hasUnappended();
    }

    void hold(Release release) {
        waiting.add(release);
    }

    /** Everything decided so far is in the batch that goes to the store now. */
    void enterBatch() {
        inBatch = true;
        waitingForBatch = waiting.size();
    }

    /** The batch is durable: what waited for it, in order, and what was decided since without adding anything to it. */
    List<Release> leaveBatch() {
        int count = conversation.hasUnappended() ? waitingForBatch : waiting.size();
        List<Release> released = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            released.add(waiting.remove());
        }
        inBatch = false;
        return released;
    }

    /** Its append lost: how often that is in a row. */
    int lost() {
        return losses + 1;
    }

    /** Its append was stored; whether others shall have their turn before the next. */
    boolean won() {
        losses = 0;
        appendsInARow = conversation.hasUnappended() ? appendsInARow + 1 : 0;
        boolean mustRest = Retry.mustRest(othersWrite, appendsInARow);
        if (mustRest) {
            othersWrite = false;
            appendsInARow = 0;
        }
        return mustRest;
    }

    /** Another node wrote into it. */
    void followed() {
        othersWrite = true;
    }

    void rest(boolean rests) {
        resting = rests;
    }

    /** Whether it shall not be appended to yet. */
    boolean isResting() {
        return resting;
    }

    /** All that waits, for a conversation that is given up. */
    List<Release> abandon() {
        List<Release> all = List.copyOf(waiting);
        waiting.clear();
        inBatch = false;
        return all;
    }

    /** Somebody reads what belongs to this very object: it stays in memory until {@link #unpin}. */
    void pin() {
        pins++;
    }

    void unpin() {
        pins--;
    }

    int weightBytes() {
        return isBusy() || pins > 0 ? 0 : conversation.weightBytes();
    }
}
