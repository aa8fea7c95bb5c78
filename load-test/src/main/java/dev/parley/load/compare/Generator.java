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
 * Visitors with four tabs each, all on one event loop: they type when they are told to, at a rate or as soon as what they typed
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
    private final List<Visitor> visitors = new ArrayList<>();
    private final List<Visitor> acknowledged = new ArrayList<>();
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

    private final class Visitor implements Ledger.Observer {
        private final Ledger ledger;
        private final Dialect.Room room;
        private final List<Socket> sockets = new ArrayList<>(Shape.TABS);
        private int tabsReady;
        private int due;

        Visitor(int number) {
            ledger = new Ledger(number, tally, this);
            room = dialect.room(ledger, wire);
        }

        /** The first tab comes alone: it may have to make the conversation. */
        void open() {
            connect(0);
        }

        private void connect(int tab) {
            Socket socket = new Socket(wire, room.tab(tab, this::tabReady));
            sockets.add(socket);
            socket.connect("127.0.0.1", port, dialect.path(ledger.conversation()), dialect.subprotocol());
        }

        private void tabReady() {
            tabsReady++;
            if (tabsReady == 1) {
                for (int tab = 1; tab < Shape.TABS; tab++) {
                    connect(tab);
                }
            } else if (tabsReady == Shape.TABS) {
                opening--;
                opened++;
                openMore();
            }
        }

        void type(long dueNanos, long now) {
            room.type(ledger.typed(dueNanos), now);
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

    /** Opens conversations until there are so many. */
    void open(int conversations, long timeoutMillis) throws InterruptedException, TimeoutException {
        CompletableFuture<Void> open = new CompletableFuture<>();
        loop.execute(() -> {
            whenOpen = open;
            wanted = conversations;
            openMore();
        });
        try {
            open.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (TimeoutException e) {
            throw new TimeoutException(call(() -> opened + " of " + wanted + " conversations are open; "
                    + tally.violations() + " violations " + tally.samples()));
        }
    }

    private void openMore() {
        while (opening < OPENING_MAX && visitors.size() < wanted) {
            opening++;
            Visitor visitor = new Visitor(visitors.size());
            visitors.add(visitor);
            visitor.open();
        }
        if (opened == wanted && whenOpen != null) {
            whenOpen.complete(null);
        }
    }

    /** From now on each visitor has so many operations on the way. */
    void typeClosed(int depth) {
        call(() -> {
            typesOnAcknowledgement = true;
            long now = System.nanoTime();
            for (Visitor visitor : visitors) {
                for (int i = 0; i < depth; i++) {
                    visitor.type(now, now);
                }
            }
            return true;
        });
    }

    private void typeOn() {
        long now = System.nanoTime();
        for (Visitor visitor : acknowledged) {
            for (; visitor.due > 0; visitor.due--) {
                visitor.type(now, now);
            }
        }
        acknowledged.clear();
    }

    /** From now on so many operations a second are typed, spread evenly over visitors and time. */
    void typeOpen(double perSecond) {
        call(() -> {
            Collections.shuffle(visitors, random);
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
            visitors.get((int) (typed % visitors.size())).type(due, now);
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
        while (!call(() -> visitors.stream().allMatch(visitor -> visitor.ledger.isSettled()))) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(SETTLE_CHECK_MILLIS);
        }
        return true;
    }

    /** What has not arrived, in words. */
    String unsettled() {
        return call(() -> visitors.stream()
                .filter(visitor -> !visitor.ledger.isSettled())
                .findFirst()
                .map(visitor -> visitor.ledger.toString())
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
            visitors.forEach(visitor -> visitor.sockets.forEach(Socket::close));
            return true;
        });
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
