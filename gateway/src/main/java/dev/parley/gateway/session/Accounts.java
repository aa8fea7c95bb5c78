package dev.parley.gateway.session;

import dev.parley.gateway.store.Ephemeral;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What principals and addresses do and have, at all nodes. Each node lets through what fits its own counts and those that
 * it was told, and tells its own once a window: nothing is asked while somebody waits. A node that is silent for long counts
 * no more. For any thread; {@link #beat} is called by one, several times in a window.
 */
public final class Accounts implements AutoCloseable {
    static final long WINDOW_MILLIS = 1_000;
    static final long LEASE_MILLIS = 10_000;

    /** So many windows make a round, in which each account is told once: what was lost is made up for. */
    static final int TURNS = 300;

    static final long KEPT_MILLIS = 2 * TURNS * WINDOW_MILLIS + LEASE_MILLIS;

    private static final String CHANNEL = "accounts";

    private final long node;
    private final Ephemeral ephemeral;
    private final Limits limits;
    private final InstantSource clock;
    private final Ephemeral.Subscription listening;
    private final AccountCounters counters = new AccountCounters();
    private final Map<AccountName, Account> accounts = new ConcurrentHashMap<>();
    private final Map<Long, Other> others = new ConcurrentHashMap<>();
    private final Set<AccountName> asked = ConcurrentHashMap.newKeySet();
    private long number;
    private long windowMillis;
    private int turn;

    /** Another node, by its last message. */
    private record Other(long number, long heardMillis) {}

    /** {@code node}: no other node has it. */
    public Accounts(long node, Ephemeral ephemeral, Limits limits, InstantSource clock) {
        this.node = node;
        this.ephemeral = ephemeral;
        this.limits = limits;
        this.clock = clock;
        this.listening = ephemeral.subscribe(CHANNEL, this::hear);
    }

    public AccountCounters counters() {
        return counters;
    }

    /**
     * A connection of a principal, until {@link Account#disconnect}; null if it has too many. One that {@code replaces} another
     * here, which is about to end, is no more than there were.
     */
    public @Nullable Account connect(Principal principal, boolean replaces) {
        int max = replaces ? 0 : limits.connectionsPerPrincipalMax();
        Account account = connect(AccountName.of(principal), max);
        if (account == null) {
            counters.principalsRefused.increment();
        }
        return account;
    }

    public boolean countsAddresses() {
        return limits.connectionsPerAddressMax() > 0;
    }

    /** A socket from an address, until {@link Account#disconnect}; null if it has too many. */
    public @Nullable Account connect(InetAddress address) {
        Account account = connect(AccountName.of(address), limits.connectionsPerAddressMax());
        if (account == null) {
            counters.addressesRefused.increment();
        }
        return account;
    }

    private @Nullable Account connect(AccountName name, int max) {
        boolean[] connected = new boolean[1];
        Account account = accounts.compute(name, (key, known) -> {
            Account one = known == null ? new Account(key, this, clock.millis()) : known;
            connected[0] = one.connect(max == 0 ? Integer.MAX_VALUE : max, others::containsKey, clock.millis());
            return one;
        });
        return connected[0] ? account : null;
    }

    /** As {@link Account#takeOrWaitMillis}, for who has no connection. */
    public long takeOrWaitMillis(Principal principal, int operations) {
        long[] waitMillis = new long[1];
        accounts.compute(AccountName.of(principal), (key, known) -> {
            Account one = known == null ? new Account(key, this, clock.millis()) : known;
            waitMillis[0] = one.takeOrWaitMillis(operations);
            return one;
        });
        return waitMillis[0];
    }

    int perSecond() {
        return limits.operationsPerSecond();
    }

    int burst() {
        return limits.operationsBurst();
    }

    long nowMillis() {
        return clock.millis();
    }

    /** Accounts in memory. */
    int size() {
        return accounts.size();
    }

    /** Tells what changed in the window that ended, and before its end what others ask for. */
    public void beat() {
        long nowMillis = clock.millis();
        List<AccountRow> rows = new ArrayList<>();
        // Clocks may be set back.
        boolean isWindowOver = Math.abs(nowMillis - windowMillis) >= WINDOW_MILLIS;
        if (isWindowOver) {
            windowMillis = nowMillis;
            others.values().removeIf(other -> nowMillis - other.heardMillis >= LEASE_MILLIS);
            tellAll(rows, nowMillis);
        }
        for (AccountName name : List.copyOf(asked)) {
            asked.remove(name);
            Account account = accounts.get(name);
            AccountRow row = account == null ? null : account.tell(true, nowMillis);
            if (row != null) {
                rows.add(row);
            }
        }
        // One without rows says that this node lives.
        for (int i = 0; i < rows.size() || (i == 0 && isWindowOver); i += AccountRows.ROWS_MAX) {
            List<AccountRow> part = rows.subList(i, Math.min(rows.size(), i + AccountRows.ROWS_MAX));
            ephemeral.publish(CHANNEL, new AccountRows(node, ++number, part).encoded());
        }
    }

    private void tellAll(List<AccountRow> rows, long nowMillis) {
        turn = (turn + 1) % TURNS;
        for (Map.Entry<AccountName, Account> each : accounts.entrySet()) {
            Account account = each.getValue();
            AccountRow row = account.tell(account.turn(TURNS) == turn, nowMillis);
            if (row != null) {
                rows.add(row);
            } else if (account.isSettled(nowMillis)) {
                accounts.computeIfPresent(each.getKey(), (name, one) -> one.isSettled(nowMillis) ? null : one);
            }
        }
    }

    private void hear(byte[] message) {
        AccountRows heard = AccountRows.decode(message);
        long nowMillis = clock.millis();
        if (heard == null || heard.node() == node || !isNews(heard, nowMillis)) {
            return;
        }
        for (AccountRow row : heard.rows()) {
            Account account = accounts.get(row.name());
            if (account != null) {
                account.hear(heard.node(), row, nowMillis, KEPT_MILLIS);
                if (row.asks()) {
                    asked.add(row.name());
                }
            }
        }
    }

    /** What comes twice, or was overtaken, is not heard. */
    private boolean isNews(AccountRows heard, long nowMillis) {
        boolean[] isNews = new boolean[1];
        others.compute(heard.node(), (name, other) -> {
            isNews[0] = other == null || other.number < heard.number();
            return isNews[0] ? new Other(heard.number(), nowMillis) : other;
        });
        return isNews[0];
    }

    @Override
    public void close() {
        listening.close();
    }
}
