package dev.parley.load.gatling;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.load.Judge;
import dev.parley.load.LoadFigures;
import dev.parley.load.Observer;
import dev.parley.load.OnLoop;
import dev.parley.load.TokenMint;
import dev.parley.load.WireClient;
import dev.parley.load.WireConversation;
import dev.parley.load.check.Violation;
import io.gatling.core.CoreComponents;
import io.gatling.core.session.Session;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everybody who takes part in a run, what they made and what it took. Public methods are for other threads than the
 * clients' loop, which they wait for; all else is for that loop.
 */
public final class ParleyRun {
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);
    private static final int REMEMBERED_MAX = 500_000;

    private final EventLoop loop;
    private final Gateways gateways;
    private final TokenMint mint;
    private final String tenant;
    private final SplittableRandom random;
    private final Plan plan;
    private final LoopTime loopTime;
    private final long beganNanos;
    private final LoadFigures figures = new LoadFigures();
    private final LongSupplier liveHeapBytes;
    private final StepFigures steps = new StepFigures();
    private final CatchUps catchUps = new CatchUps();
    private final Board board = new Board();
    private final List<WireClient> clients = new ArrayList<>();
    private final Map<Long, Made> madeByContentId = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Made> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };
    private int people;

    /** {@code liveHeapBytes} of the gateways, which may take its time; 0 if nobody knows. */
    public ParleyRun(
            EventLoop loop,
            Gateways gateways,
            LongSupplier liveHeapBytes,
            TokenMint mint,
            String tenant,
            long seed,
            Plan plan) {
        this.loop = loop;
        this.gateways = gateways;
        this.liveHeapBytes = liveHeapBytes;
        this.mint = mint;
        this.tenant = tenant;
        this.random = new SplittableRandom(seed);
        this.plan = plan;
        this.loopTime = new OnLoop(loop).get(LoopTime::begin);
        this.beganNanos = loop.ticker().nanoTime();
    }

    /**
     * Who submitted something from where, when it was due and when it was made; {@code online} if it could be sent, and how
     * often the author's connection had ended by then.
     */
    record Made(WireConversation at, long dueNanos, long madeNanos, boolean online, int cuts, Step savedAs) {
        boolean isUndisturbed() {
            return online && at.client().cuts() == cuts;
        }
    }

    public Plan plan() {
        return plan;
    }

    EventLoop loop() {
        return loop;
    }

    long nanoTime() {
        return loop.ticker().nanoTime();
    }

    CatchUps catchUps() {
        return catchUps;
    }

    /** From the end of this on steps are told under that name; nothing, for who asks again. */
    void stretch(String name, Outcome outcome) {
        if (!steps.isNew(name)) {
            outcome.done();
            return;
        }
        CompletableFuture.supplyAsync(liveHeapBytes::getAsLong)
                .whenCompleteAsync(
                        (bytes, failure) -> {
                            if (failure == null) {
                                steps.begin(name, bytes);
                                outcome.done();
                            } else {
                                outcome.failed("the heap is not known: " + failure);
                            }
                        },
                        loop);
    }

    Board board() {
        return board;
    }

    LoadFigures figures() {
        return figures;
    }

    SplittableRandom random() {
        return random;
    }

    Gateways gateways() {
        return gateways;
    }

    /** {@code home} is the gateway of all their tabs, null if these take the gateways in turn. */
    Person person(CoreComponents gatling, Session session, String name, Role role, @Nullable Integer home) {
        String subject = name + ++people;
        return new Person(
                this, new Author(subject, role, name + " " + people), home, new Reporter(gatling, session, steps));
    }

    /** Not yet started. */
    WireClient client(Author self, @Nullable Integer home, int tab, Observer observer) {
        int turn = home == null ? clients.size() : home;
        WireClient client = new WireClient(
                loop,
                () -> gateways.of(turn),
                self,
                self.subject() + "/" + tab,
                () -> mint.mint(tenant, self, TOKEN_LIFETIME),
                random.split(),
                0,
                observer);
        clients.add(client);
        return client;
    }

    void made(SubmissionId id, WireConversation at, long dueNanos, Step savedAs) {
        figures.made(at, id, dueNanos);
        madeByContentId.put(
                id.contentId(),
                new Made(at, dueNanos, nanoTime(), at.isOpen(), at.client().cuts(), savedAs));
    }

    @Nullable Made made(SubmissionId id) {
        return madeByContentId.get(id.contentId());
    }

    /** How many connections there are. */
    public int connections() {
        return new OnLoop(loop).get(clients::size);
    }

    /** How busy the clients were up to now: from about 90% on they are what is measured. */
    public String busy() {
        return new OnLoop(loop).get(loopTime::share);
    }

    /** What was counted and measured, up to now. */
    public String table() {
        return new OnLoop(loop)
                .get(() -> figures.counts(Math.max(1, figures.lastAcknowledgedNanos() - beganNanos) / 1e9)
                        + steps.table()
                        + catchUps.table());
    }

    /** Waits for the last answers, and has everything checked that anybody made, read or was told. */
    public List<Violation> judge(Duration settleMax) {
        String token = mint.mint(tenant, new Author("auditor", Role.AGENT, "Auditor"), TOKEN_LIFETIME);
        List<WireConversation> replicas = new OnLoop(loop).get(() -> clients.stream()
                .flatMap(client -> client.conversations().stream())
                .toList());
        return new Judge(loop, new OnLoop(loop).get(() -> gateways.of(0)), token).judge(replicas, settleMax);
    }

    /** Disconnects everybody. */
    public void close() {
        new OnLoop(loop).run(() -> clients.forEach(WireClient::stop));
    }
}
