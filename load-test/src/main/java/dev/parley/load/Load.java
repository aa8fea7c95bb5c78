package dev.parley.load;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.load.check.Checker;
import dev.parley.load.check.History;
import dev.parley.load.check.Log;
import dev.parley.load.check.Violation;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A run of load on one gateway: visitors with several tabs and agents with many conversations, all on one event loop. Its
 * public methods are for one other thread, which they block.
 *
 * <p>The load is open: submissions are due at a fixed rate, whatever the gateway does.
 */
public final class Load {
    private static final Duration OPEN_MAX = Duration.ofMinutes(2);
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);
    private static final int POLL_MILLIS = 20;
    private static final int UNANSWERED_MAX = 500;
    private static final int OFFLINE_MILLIS_MAX = 2_000;
    private static final int READ_DELAY_MILLIS_MIN = 50;
    private static final int READ_DELAY_MILLIS_MAX = 1_000;

    private final EventLoop loop;
    private final URI url;
    private final TokenMint mint;
    private final LoadPlan plan;
    private final LoadFigures figures = new LoadFigures();
    private final SplittableRandom random;
    private final OperationMix mix;
    private final List<WireClient> clients = new ArrayList<>();
    private final List<WireConversation> replicas = new ArrayList<>();
    private long startNanos;
    private long madeUntilNanos;
    private long cutAtNanos;
    private boolean running;

    public Load(EventLoop loop, URI url, TokenMint mint, LoadPlan plan) {
        this.loop = loop;
        this.url = url;
        this.mint = mint;
        this.plan = plan;
        this.random = new SplittableRandom(plan.seed());
        this.mix = new OperationMix(random.split());
    }

    /** What a run came to. */
    public record Outcome(LoadFigures figures, double seconds, List<Violation> violations) {
        public String table() {
            return figures.table(seconds);
        }
    }

    /** Connects everybody and opens everything. */
    public void open() {
        List<WireConversation> first = onLoop(() -> {
            List<WireConversation> opened = new ArrayList<>();
            for (int i = 0; i < plan.conversations(); i++) {
                opened.add(connect(visitor(i), "visitor" + i + "/tab0").open("chat"));
            }
            return opened;
        });
        await(() -> first.stream().allMatch(WireConversation::isOpen), OPEN_MAX, "the conversations are open");
        onLoop(() -> {
            for (int i = 0; i < plan.conversations(); i++) {
                for (int tab = 1; tab < plan.tabsPerVisitor(); tab++) {
                    connect(visitor(i), "visitor" + i + "/tab" + tab).open("chat");
                }
            }
            List<WireClient> agents = new ArrayList<>();
            for (int i = 0; i < plan.agents(); i++) {
                agents.add(connect(new Author("agent" + i, Role.AGENT, "Agent " + i), "agent" + i));
            }
            for (int i = 0; i < plan.conversations() * plan.agentsPerConversation(); i++) {
                agents.get(i % plan.agents())
                        .open(first.get(i / plan.agentsPerConversation()).conversation());
            }
            clients.forEach(client -> replicas.addAll(client.conversations()));
            return true;
        });
        await(() -> replicas.stream().allMatch(WireConversation::isOpen), OPEN_MAX, "everybody has everything open");
    }

    private static Author visitor(int number) {
        return new Author("visitor" + number, Role.VISITOR, "Visitor " + number);
    }

    private WireClient connect(Author self, String name) {
        boolean late = random.nextInt(100) < plan.percentBehind();
        int readDelayMillis = late ? random.nextInt(READ_DELAY_MILLIS_MIN, READ_DELAY_MILLIS_MAX) : 0;
        Supplier<String> tokens = () -> mint.mint(plan.tenant(), self, TOKEN_LIFETIME);
        WireClient client = new WireClient(loop, url, self, name, tokens, random.split(), readDelayMillis, figures);
        clients.add(client);
        client.start();
        return client;
    }

    /** Starts the load, which goes on for the plan's duration. */
    public void start() {
        onLoop(() -> {
            running = true;
            startNanos = loop.ticker().nanoTime();
            madeUntilNanos = startNanos;
            cutAtNanos = startNanos;
            ScheduledFuture<?> ticks = loop.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.MILLISECONDS);
            loop.schedule(
                    () -> {
                        ticks.cancel(false);
                        running = false;
                    },
                    plan.duration().toMillis(),
                    TimeUnit.MILLISECONDS);
            return true;
        });
    }

    private void tick() {
        long now = loop.ticker().nanoTime();
        long intervalNanos = TimeUnit.SECONDS.toNanos(1) / plan.operationsPerSecond();
        while (madeUntilNanos + intervalNanos <= now) {
            madeUntilNanos += intervalNanos;
            submit(madeUntilNanos);
        }
        while (plan.cutsPerSecond() > 0 && cutAtNanos <= now) {
            cutAtNanos += (long) (-Math.log(1 - random.nextDouble()) / plan.cutsPerSecond() * 1e9);
            clients.get(random.nextInt(clients.size())).cut(random.nextInt(OFFLINE_MILLIS_MAX));
        }
    }

    private void submit(long dueNanos) {
        WireConversation replica = replicas.get(random.nextInt(replicas.size()));
        if (replica.isBroken() || replica.replica().pendingCount() >= UNANSWERED_MAX) {
            figures.postponed();
            return;
        }
        try {
            SubmissionId id = mix.submit(replica);
            figures.made(replica, id, dueNanos);
        } catch (RuntimeException e) {
            replica.fail("no submission could be made: " + e);
        }
    }

    /** Waits until the load has been made. */
    public void awaitMade() {
        await(() -> !running, plan.duration().plusMinutes(1), "the load was made");
    }

    public long acknowledged() {
        return onLoop(figures::acknowledged);
    }

    /** Waits until everything is answered, reads the logs back, waits until every replica has all of them, and judges. */
    public Outcome judge(Duration settleMax) {
        awaitIfPossible(() -> replicas.stream().allMatch(Load::isSettled), settleMax);
        double seconds = onLoop(() -> (loop.ticker().nanoTime() - startNanos) / 1e9);
        Map<String, Log> logs = new HashMap<>();
        for (Log log : readLogs()) {
            logs.put(log.conversation(), log);
        }
        awaitIfPossible(() -> replicas.stream().allMatch(replica -> hasAllOf(replica, logs)), settleMax);
        List<History> histories = onLoop(() -> {
            replicas.forEach(WireConversation::end);
            return replicas.stream().map(WireConversation::history).toList();
        });
        return new Outcome(figures, seconds, Checker.check(histories, logs.values()));
    }

    private static boolean isSettled(WireConversation replica) {
        return replica.isBroken() || (replica.isOpen() && replica.replica().pendingCount() == 0);
    }

    private static boolean hasAllOf(WireConversation replica, Map<String, Log> logs) {
        Log log = logs.get(replica.conversation());
        return log == null
                || replica.isBroken()
                || replica.replica().position().revision()
                        >= log.lastRevisionFor(replica.history().view());
    }

    private List<Log> readLogs() {
        List<String> conversations = onLoop(() ->
                replicas.stream().map(WireConversation::conversation).distinct().toList());
        String token = mint.mint(plan.tenant(), new Author("auditor", Role.AGENT, "Auditor"), TOKEN_LIFETIME);
        return join(LogReader.read(loop, url, token, conversations), OPEN_MAX);
    }

    /** Disconnects everybody. */
    public void close() {
        onLoop(() -> {
            clients.forEach(WireClient::stop);
            return true;
        });
    }

    private <T> T onLoop(Supplier<T> action) {
        return join(CompletableFuture.supplyAsync(action, loop), OPEN_MAX);
    }

    private void await(BooleanSupplier condition, Duration limit, String what) {
        if (!awaitIfPossible(condition, limit)) {
            throw new IllegalStateException("not within " + limit + ": " + what);
        }
    }

    private boolean awaitIfPossible(BooleanSupplier condition, Duration limit) {
        CompletableFuture<Boolean> holds = new CompletableFuture<>();
        ScheduledFuture<?> polls = loop.scheduleAtFixedRate(
                () -> {
                    if (condition.getAsBoolean()) {
                        holds.complete(true);
                    }
                },
                0,
                POLL_MILLIS,
                TimeUnit.MILLISECONDS);
        try {
            return holds.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } finally {
            polls.cancel(false);
        }
    }

    private static <T> T join(CompletableFuture<T> future, Duration limit) {
        return future.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).join();
    }
}
