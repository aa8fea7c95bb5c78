package dev.parley.load.compare;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The checker: what was typed into one conversation, numbered from 0, and how far it has come at each tab. What comes twice,
 * too early or not at all is a violation. On the generator's loop.
 */
final class Ledger {
    private final String subject;
    private final int conversation;
    private final Tally tally;
    private final Observer observer;
    private long typed;
    private long sent;
    private long acknowledged;
    private final long[] delivered;
    private long[] dueNanos = new long[16];
    private long[] sentNanos = new long[16];

    /** Hears of acknowledgements, and changes nothing here meanwhile. */
    interface Observer {
        void acknowledged(long operations);
    }

    /** Of a conversation of a visitor's own. */
    Ledger(int conversation, Tally tally, Observer observer) {
        this("conversation ", conversation, Shape.TABS, tally, observer);
    }

    /** Of what one of several writers types into a text of all of them: to itself it is tab 0. */
    static Ledger ofWriter(int writer, int writers, Tally tally, Observer observer) {
        return new Ledger("writer ", writer, writers, tally, observer);
    }

    private Ledger(String subject, int conversation, int tabs, Tally tally, Observer observer) {
        this.subject = subject;
        this.conversation = conversation;
        this.delivered = new long[tabs];
        this.tally = tally;
        this.observer = observer;
    }

    /** Which tab another writer is to one: all but itself, in their order. */
    static int tabOf(int other, int writer) {
        return other < writer ? other + 1 : other;
    }

    int conversation() {
        return conversation;
    }

    /** The number of the operation that somebody types now, and should have typed at {@code due}. */
    long typed(long due) {
        if (typed - oldest() == dueNanos.length) {
            grow();
        }
        dueNanos[slot(typed)] = due;
        tally.typed(due);
        return typed++;
    }

    private int slot(long operation) {
        return (int) operation & (dueNanos.length - 1);
    }

    /** The first that has not arrived everywhere. */
    private long oldest() {
        long oldest = acknowledged;
        for (int tab = 1; tab < delivered.length; tab++) {
            oldest = Math.min(oldest, delivered[tab]);
        }
        return oldest;
    }

    private void grow() {
        long[] due = dueNanos;
        long[] left = sentNanos;
        int mask = due.length - 1;
        dueNanos = new long[due.length * 2];
        sentNanos = new long[due.length * 2];
        for (long operation = oldest(); operation < typed; operation++) {
            dueNanos[slot(operation)] = due[(int) operation & mask];
            sentNanos[slot(operation)] = left[(int) operation & mask];
        }
    }

    /** How many. */
    long acknowledged() {
        return acknowledged;
    }

    /** All up to {@code to} have left the client. */
    void sent(long to, long now) {
        while (sent < to) {
            sentNanos[slot(sent++)] = now;
        }
    }

    /** What was sent and is not acknowledged left again, since it was not taken. */
    void sentAgain(long now) {
        for (long operation = acknowledged; operation < sent; operation++) {
            sentNanos[slot(operation)] = now;
        }
    }

    void acknowledged(long from, long to, long now) {
        if (isNext("acknowledgement", 0, acknowledged, from, to)) {
            for (long operation = from; operation < to; operation++) {
                tally.acknowledged(now);
            }
            acknowledged = to;
            observer.acknowledged(to - from);
        }
    }

    void delivered(int tab, long from, long to, long now) {
        if (isNext("delivery", tab, delivered[tab], from, to)) {
            for (long operation = from; operation < to; operation++) {
                int slot = slot(operation);
                tally.delivered(dueNanos[slot], sentNanos[slot], now);
            }
            delivered[tab] = to;
        }
    }

    /** All up to {@code to} that were not yet. */
    void acknowledgedTo(long to, long now) {
        acknowledged(acknowledged, to, now);
    }

    void deliveredTo(int tab, long to, long now) {
        delivered(tab, delivered[tab], to, now);
    }

    /** What is delivered next comes as what it made, not one by one. */
    void skipped(int tab, long to) {
        tally.skipped(to - delivered[tab]);
    }

    void refused(long now) {
        tally.refused(now);
    }

    private boolean isNext(String what, int tab, long expected, long from, long to) {
        if (from == expected && to <= sent) {
            return true;
        }
        violation(what + " of " + from + " to " + to + " at tab " + tab + ", where " + expected + " was next and "
                + sent + " were sent");
        return false;
    }

    void violation(String what) {
        tally.violation(subject + conversation + ": " + what);
    }

    /** Whether everything has arrived everywhere. */
    boolean isSettled() {
        return oldest() == typed;
    }

    /** What is missing, in words. */
    @Override
    public String toString() {
        return subject + conversation + ": " + typed + " typed, " + acknowledged + " acknowledged, delivered "
                + Arrays.stream(delivered, 1, delivered.length)
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(", "));
    }
}
