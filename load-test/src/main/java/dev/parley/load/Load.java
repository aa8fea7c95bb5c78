package dev.parley.load;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.load.check.Violation;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run of load on one gateway: visitors with several tabs, agents with many conversations and assistants, all on one event loop. Its
 * public methods are for one other thread, which they block.
 *
 * <p>The load is open: submissions are due at a fixed rate, whatever the gateway does.
 */
public final class Load {
    private static final int NAMED_MAX = 10;
    private static final Duration OPEN_MAX = Duration.ofMinutes(2);
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);
    private static final int UNANSWERED_MAX = 500;
    /** It gets one answer in so long as it reads late, and shall come to an end. */
    private static final int UNANSWERED_OF_LATE_READER_MAX = 5;

    private static final int OFFLINE_MILLIS_MAX = 2_000;
    private static final int READ_DELAY_MILLIS_MIN = 50;
    private static final int READ_DELAY_MILLIS_MAX = 1_000;

    private final EventLoop loop;
    private final OnLoop onLoop;
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
    private @Nullable ScheduledFuture<?> ticks;

    public Load(EventLoop loop, URI url, TokenMint mint, LoadPlan plan) {
        this.loop = loop;
        this.onLoop = new OnLoop(loop);
        this.url = url;
        this.mint = mint;
        this.plan = plan;
        this.random = new SplittableRandom(plan.seed());
        this.mix = new OperationMix(random.split());
    }

    /** What a run came to; {@code seconds} until the last acknowledgement. */
    public record Outcome(LoadFigures figures, double seconds, List<Violation> violations) {
        public String table() {
            return figures.table(seconds);
        }
    }

    /** Connects everybody and opens everything. */
    public void open() {
        List<WireConversation> first = onLoop.get(() -> {
            List<WireConversation> opened = new ArrayList<>();
            for (int i = 0; i < plan.conversations(); i++) {
                opened.add(connect(visitor(i), "visitor" + i + "/tab0").open("chat"));
            }
            return opened;
        });
        awaitOpen("the conversations are open", first);
        onLoop.run(() -> {
            for (int i = 0; i < plan.conversations(); i++) {
                for (int tab = 1; tab < plan.tabsPerVisitor(); tab++) {
                    connect(visitor(i), "visitor" + i + "/tab" + tab).open("chat");
                }
            }
            List<WireClient> agents = new ArrayList<>();
            for (int i = 0; i < plan.agents(); i++) {
                Role role = i == 0 ? Role.ADMIN : Role.AGENT;
                agents.add(connect(new Author("agent" + i, role, "Agent " + i), "agent" + i));
            }
            for (int i = 0; i < plan.conversations() * plan.agentsPerConversation(); i++) {
                agents.get(i % plan.agents())
                        .open(first.get(i / plan.agentsPerConversation()).conversation());
            }
            openByAssistants(first);
            clients.forEach(client -> replicas.addAll(client.conversations()));
        });
        awaitOpen("everybody has everything open", replicas);
    }

    private void awaitOpen(String what, List<WireConversation> all) {
        boolean areOpen = onLoop.becomes(OPEN_MAX, () -> all.stream()
                .allMatch(conversation -> conversation.isOpen() || conversation.isBroken()));
        List<String> closed = onLoop.get(() -> all.stream()
                .filter(conversation -> !conversation.isOpen() || conversation.isBroken())
                .map(WireConversation::toString)
                .toList());
        if (!areOpen || !closed.isEmpty()) {
            throw new IllegalStateException("not so within " + OPEN_MAX.toSeconds() + " s: " + what + ", but "
                    + closed.size() + " of " + all.size() + " are not, among them "
                    + closed.subList(0, Math.min(NAMED_MAX, closed.size())));
        }
    }

    /** Where there are agents, every conversation has an assistant too. */
    private void openByAssistants(List<WireConversation> first) {
        for (int i = 0; plan.agents() > 0 && i < first.size(); i++) {
            if (i % LoadPlan.CONVERSATIONS_PER_CONNECTION_MAX == 0) {
                String name = "assistant" + clients.size();
                connect(new Author(name, Role.ASSISTANT, "Assistant"), name);
            }
            clients.get(clients.size() - 1).open(first.get(i).conversation());
        }
    }

    private static Author visitor(int number) {
        return new Author("visitor" + number, Role.VISITOR, "Visitor " + number);
    }

    private WireClient connect(Author self, String name) {
        boolean late = random.nextInt(100) < plan.percentBehind();
        int readDelayMillis = late ? random.nextInt(READ_DELAY_MILLIS_MIN, READ_DELAY_MILLIS_MAX) : 0;
        Supplier<String> tokens = () -> mint.mint(plan.tenant(), self, TOKEN_LIFETIME);
        WireClient client =
                new WireClient(loop, () -> url, self, name, tokens, random.split(), readDelayMillis, figures);
        clients.add(client);
        client.start();
        return client;
    }

    /** Starts the load, which goes on for the plan's duration, or until it is stopped. */
    public void start() {
        onLoop.run(() -> {
            startNanos = loop.ticker().nanoTime();
            madeUntilNanos = startNanos;
            cutAtNanos = startNanos;
            ticks = loop.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.MILLISECONDS);
            loop.schedule(this::end, plan.duration().toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    /** Makes no more load. */
    public void stop() {
        onLoop.run(this::end);
    }

    private void end() {
        if (ticks != null) {
            ticks.cancel(false);
            ticks = null;
        }
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
        int unansweredMax = replica.client().readsLate() ? UNANSWERED_OF_LATE_READER_MAX : UNANSWERED_MAX;
        if (replica.isBroken() || replica.replica().pendingCount() >= unansweredMax) {
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
        onLoop.await("the load was made", plan.duration().plusMinutes(1), () -> ticks == null);
    }

    /** Counted on the clients' loop. */
    public LoadFigures figures() {
        return figures;
    }

    /** Waits until so many more submissions were acknowledged. */
    public void awaitAcknowledged(long more, Duration limit) {
        long target = onLoop.get(figures::acknowledged) + more;
        onLoop.await("clients go on to " + target, limit, () -> figures.acknowledged() >= target);
    }

    /** Waits for the last answers, and has everything checked. */
    public Outcome judge(Duration settleMax) {
        String token = mint.mint(plan.tenant(), new Author("auditor", Role.AGENT, "Auditor"), TOKEN_LIFETIME);
        List<Violation> violations = new Judge(loop, url, token).judge(replicas, settleMax);
        double seconds = onLoop.get(() -> (figures.lastAcknowledgedNanos() - startNanos) / 1e9);
        return new Outcome(figures, seconds, violations);
    }

    /** Disconnects everybody. */
    public void close() {
        onLoop.run(() -> clients.forEach(WireClient::stop));
    }
}
