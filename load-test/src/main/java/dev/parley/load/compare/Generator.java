package dev.parley.load.compare;

import dev.parley.load.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Visitors with four tabs each, or the writers of a draft, all on one event loop: they type when they are told to, at a rate or as soon as what they typed
 * before was acknowledged. Called by the thread that measures, which waits for the loop.
 */
final class Generator implements AutoCloseable {
    private static final int OPENING_MAX = 32;
    private static final int TYPED_PER_TASK = 1_000;
    private static final long PACE_NANOS = 50_000;
    private static final int SETTLE_CHECK_MILLIS = 10;

    private final EventLoopGroup group = Transport.oneLoop();
    private final EventLoop loop = group.next();
    private final Wire wire = new Wire(loop);
    private final Tally tally = new Tally();
    private final Dialect dialect;
    private final int port;
    private final Random random;
    private final List<Typist> typists = new ArrayList<>();
    private final List<Typist> acknowledged = new ArrayList<>();
    private int drafts;
    private int wanted;
    private int opening;
    private int opened;
    private @Nullable CompletableFuture<Void> whenOpen;
    private boolean types;
    private boolean typesOnAcknowledgement;
    private long begunNanos;
    private long nanosPerOperation;
    private long typed;

    Generator(Dialect dialect, int port, long seed) {
        this.dialect = dialect;
        this.port = port;
        this.random = new Random(seed);
    }

    /** Who types, and what became of it. */
    private abstract class Typist implements Ledger.Observer {
        private final List<Socket> sockets = new ArrayList<>(Shape.TABS);
        private int due;

        abstract Ledger ledger();

        /** The number of what it types into. */
        abstract int room();

        abstract void send(long operation, long now);

        void connect(Socket.Listener listener) {
            Socket socket = new Socket(wire, listener);
            sockets.add(socket);
            socket.connect("127.0.0.1", port, dialect.path(room()), dialect.subprotocol());
        }

        void type(long dueNanos, long now) {
            send(ledger().typed(dueNanos), now);
        }

        @Override
        public void acknowledged(long operations) {
            if (typesOnAcknowledgement) {
                if (acknowledged.isEmpty()) {
                    loop.execute(Generator.this::typeOn);
                }
                if (due == 0) {
                    acknowledged.add(this);
                }
                due += (int) operations;
            }
        }
    }

    private final class Visitor extends Typist {
        private final Ledger ledger;
        private final Dialect.Room room;
        private int tabsReady;

        Visitor(int number) {
            ledger = new Ledger(number, tally, this);
            room = dialect.room(ledger, wire);
        }

        /** The first tab comes alone: it may have to make the conversation. */
        void open() {
            connect(room.tab(0, this::tabReady));
        }

        private void tabReady() {
            tabsReady++;
            if (tabsReady == 1) {
                for (int tab = 1; tab < Shape.TABS; tab++) {
                    connect(room.tab(tab, this::tabReady));
                }
            } else if (tabsReady == Shape.TABS) {
                opening--;
                opened++;
                openMore();
            }
        }

        @Override
        Ledger ledger() {
            return ledger;
        }

        @Override
        int room() {
            return ledger.conversation();
        }

        @Override
        void send(long operation, long now) {
            room.type(operation, now);
        }
    }

    private final class Writer extends Typist {
        private final int number;
        private final int room;
        private final Ledger ledger;
        private Dialect.@Nullable Draft draft;

        Writer(int number, int writers, int room) {
            this.number = number;
            this.room = room;
            ledger = Ledger.ofWriter(number, writers, tally, this);
        }

        @Override
        Ledger ledger() {
            return ledger;
        }

        @Override
        int room() {
            return room;
        }

        @Override
        void send(long operation, long now) {
            if (draft != null) {
                draft.type(number, operation, now);
            }
        }
    }

    /** Opens conversations until there are so many. */
    void open(int conversations, long timeoutMillis) throws InterruptedException, TimeoutException {
        CompletableFuture<Void> open = new CompletableFuture<>();
        loop.execute(() -> {
            whenOpen = open;
            wanted = conversations;
            openMore();
        });
        await(open, "conversations", timeoutMillis);
    }

    private void await(CompletableFuture<Void> open, String what, long timeoutMillis)
            throws InterruptedException, TimeoutException {
        try {
            open.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (TimeoutException e) {
            throw new TimeoutException(call(() -> opened + " of " + wanted + " " + what + " are open; "
                    + tally.violations() + " violations " + tally.samples()));
        }
    }

    private void openMore() {
        while (opening < OPENING_MAX && typists.size() < wanted) {
            opening++;
            Visitor visitor = new Visitor(typists.size());
            typists.add(visitor);
            visitor.open();
        }
        if (opened == wanted && whenOpen != null) {
            whenOpen.complete(null);
        }
    }

    /** Opens another draft of so many writers; who typed before leaves. */
    void openDraft(int writers, long timeoutMillis) throws InterruptedException, TimeoutException {
        CompletableFuture<Void> open = new CompletableFuture<>();
        loop.execute(() -> {
            typists.forEach(typist -> typist.sockets.forEach(Socket::close));
            typists.clear();
            opened = 0;
            wanted = writers;
            List<Writer> all = new ArrayList<>(writers);
            for (int number = 0; number < writers; number++) {
                all.add(new Writer(number, writers, drafts));
            }
            Dialect.Draft draft =
                    dialect.draft(drafts++, all.stream().map(Writer::ledger).toList(), wire);
            all.forEach(writer -> writer.draft = draft);
            typists.addAll(all);
            // The first comes alone: it makes the draft.
            Runnable first = () -> all.get(0).connect(draft.writer(0, () -> writerReady(all, draft, open)));
            Socket.Listener maker = draft.maker(first);
            if (maker == null) {
                first.run();
            } else {
                all.get(0).connect(maker);
            }
        });
        await(open, "writers", timeoutMillis);
    }

    private void writerReady(List<Writer> all, Dialect.Draft draft, CompletableFuture<Void> open) {
        opened++;
        if (opened == wanted) {
            open.complete(null);
        } else if (opened == 1) {
            for (Writer writer : all.subList(1, wanted)) {
                writer.connect(draft.writer(writer.number, () -> writerReady(all, draft, open)));
            }
        }
    }

    /** How many operations those who are here have typed that were acknowledged. */
    long written() {
        return call(() -> typists.stream()
                .mapToLong(typist -> typist.ledger().acknowledged())
                .sum());
    }

    /** From now on each has so many operations on the way. */
    void typeClosed(int depth) {
        call(() -> {
            typesOnAcknowledgement = true;
            long now = System.nanoTime();
            for (Typist typist : typists) {
                for (int i = 0; i < depth; i++) {
                    typist.type(now, now);
                }
            }
            return true;
        });
    }

    private void typeOn() {
        long now = System.nanoTime();
        for (Typist typist : acknowledged) {
            for (; typist.due > 0; typist.due--) {
                typist.type(now, now);
            }
        }
        acknowledged.clear();
    }

    /** From now on so many operations a second are typed, spread evenly over those who type and time. */
    void typeOpen(double perSecond) {
        call(() -> {
            Collections.shuffle(typists, random);
            types = true;
            typed = 0;
            begunNanos = System.nanoTime();
            nanosPerOperation = Math.round(1e9 / perSecond * 1_000);
            pace();
            return true;
        });
    }

    private void pace() {
        if (!types) {
            return;
        }
        long now = System.nanoTime();
        long due = due();
        for (int i = 0; i < TYPED_PER_TASK && due <= now; i++) {
            typists.get((int) (typed % typists.size())).type(due, now);
            typed++;
            due = due();
        }
        if (due <= now) {
            loop.execute(this::pace);
        } else {
            loop.schedule(this::pace, Math.max(PACE_NANOS, due - now), TimeUnit.NANOSECONDS);
        }
    }

    private long due() {
        return begunNanos + typed * nanosPerOperation / 1_000;
    }

    void openWindow(long nanos) {
        call(() -> {
            tally.open(System.nanoTime(), nanos);
            return true;
        });
    }

    void stopTyping() {
        call(() -> {
            types = false;
            typesOnAcknowledgement = false;
            return true;
        });
    }

    /** Whether all that was typed has arrived everywhere before the time is over. */
    boolean settle(long timeoutMillis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        while (!call(() -> typists.stream().allMatch(typist -> typist.ledger().isSettled()))) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(SETTLE_CHECK_MILLIS);
        }
        return true;
    }

    /** What has not arrived, in words. */
    String unsettled() {
        return call(() -> typists.stream()
                .map(Typist::ledger)
                .filter(ledger -> !ledger.isSettled())
                .findFirst()
                .map(Ledger::toString)
                .orElse(""));
    }

    /** Runs on the loop, where the tally may be read. */
    <T> T call(Callable<T> job) {
        return loop.submit(job).syncUninterruptibly().getNow();
    }

    Tally tally() {
        return tally;
    }

    @Override
    public void close() {
        call(() -> {
            types = false;
            typesOnAcknowledgement = false;
            typists.forEach(typist -> typist.sockets.forEach(Socket::close));
            return true;
        });
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
