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
    private List<Command> postponed = new ArrayList<>();
    private int waitingForBatch;
    private boolean inBatch;
    private int pins;
    private int losses;
    private int appendsInARow;
    private int patience;
    private boolean resting;
    private int rests;
    private int weighedBytes;

    /** {@code losses}: how often in a row its appends have lost. */
    LoadedConversation(Conversation conversation, int losses) {
        this.conversation = conversation;
        this.losses = losses;
        patience = losses > 0 ? 1 : Retry.PATIENCE_ALONE;
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

    /** Whether something was decided that is not durable yet. */
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
        patience = 1;
        return ++losses;
    }

    /** Its append was stored; whether others shall have their turn before the next. */
    boolean won() {
        losses = 0;
        appendsInARow++;
        return appendsInARow >= patience;
    }

    /** How many appends in a row it makes before it rests. */
    int patience() {
        return patience;
    }

    /** Another node wrote into it. */
    void followed() {
        patience = 1;
        appendsInARow = 0;
    }

    /** Begins a rest. Returns its number. */
    int rest() {
        resting = true;
        appendsInARow = 0;
        return ++rests;
    }

    /** Ends the rest of this number, if that goes on; returns whether it did. In all of it nobody else wrote. */
    boolean restInVain(int number) {
        boolean wasResting = resting && number == rests;
        if (wasResting) {
            patience = Math.min(2 * patience, Retry.PATIENCE_MAX);
            resting = false;
        }
        return wasResting;
    }

    /** The others had their turn. Returns whether there was a rest. */
    boolean endRest() {
        boolean wasResting = resting;
        resting = false;
        return wasResting;
    }

    /** Whether it shall not be appended to yet. */
    boolean isResting() {
        return resting;
    }

    /**
     * Whether requests wait undecided: while others have their turn, and where others write also while a batch is with the
     * store. So all that waits is decided on what the others wrote, and goes in one batch.
     */
    boolean postpones() {
        return resting || (inBatch && patience < Retry.PATIENCE_ALONE);
    }

    void postpone(Command command) {
        postponed.add(command);
    }

    /** What waited undecided, in its order. */
    List<Command> takePostponed() {
        List<Command> taken = postponed;
        postponed = new ArrayList<>();
        return taken;
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

    /** Whether it has to stay in memory, also where there is no room. */
    boolean stays() {
        return isBusy() || pins > 0 || !postponed.isEmpty();
    }

    /** What the cache has it for; 0 while it has not. */
    int weighedBytes() {
        return weighedBytes;
    }

    void weighed(int bytes) {
        weighedBytes = bytes;
    }
}
