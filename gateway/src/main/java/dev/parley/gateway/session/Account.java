package dev.parley.gateway.session;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What one principal, or one address, has and does at this node, and what other nodes told of it. Operations are let through
 * by a bucket that fills with time. What passed elsewhere is taken out of it when it is told, below nothing if need be: what
 * was too much is paid back by what follows. For any thread, guarded by itself.
 */
public final class Account {
    /** Who would have to wait longer is told to ask again then. */
    private static final long WAIT_MILLIS_MAX = 60_000;

    /** Who goes from node to node finds what it did there, and elsewhere, when it is back within this time. */
    private static final long REMEMBERED_MILLIS = 10_000;

    private final AccountName name;
    private final Accounts accounts;
    private double operations;
    private long atMillis;
    private long usedMillis;
    private int passed;
    private int connections;
    private boolean isNew = true;
    private boolean isChanged;
    private @Nullable Map<Long, Told> told;

    /** Connections that it has at another node. */
    private record Told(int connections, long untilMillis) {}

    Account(AccountName name, Accounts accounts, long nowMillis) {
        this.name = name;
        this.accounts = accounts;
        this.operations = accounts.burst();
        this.atMillis = nowMillis;
        this.usedMillis = nowMillis;
    }

    /** Zero after taking so many operations, at most those of one submission; else how long to wait before the next try. */
    public long takeOrWaitMillis(int wanted) {
        return accounts.perSecond() == 0 ? 0 : take(wanted);
    }

    private long take(int wanted) {
        int taken = Math.min(Math.max(1, wanted), accounts.burst());
        long waitMillis;
        synchronized (this) {
            fill(accounts.nowMillis());
            if (operations >= taken) {
                operations -= taken;
                passed += taken;
                usedMillis = atMillis;
                return 0;
            }
            waitMillis = (long) Math.ceil((taken - operations) * 1_000 / accounts.perSecond());
        }
        accounts.counters().operationsRefused.increment();
        return Math.min(Math.max(1, waitMillis), WAIT_MILLIS_MAX);
    }

    private void fill(long nowMillis) {
        double more = Math.max(0, nowMillis - atMillis) * accounts.perSecond() / 1_000.0;
        operations = Math.min(accounts.burst(), operations + more);
        atMillis = nowMillis;
    }

    /** One more connection, unless it has {@code max} already at all nodes that live. */
    synchronized boolean connect(int max, LongPredicate lives, long nowMillis) {
        if (connections + elsewhere(lives, nowMillis) >= max) {
            return false;
        }
        connections++;
        isChanged = true;
        return true;
    }

    /** What a {@code connect} began is over. */
    public synchronized void disconnect() {
        connections--;
        isChanged = true;
        usedMillis = accounts.nowMillis();
    }

    private int elsewhere(LongPredicate lives, long nowMillis) {
        int sum = 0;
        if (told != null) {
            for (Map.Entry<Long, Told> each : told.entrySet()) {
                if (nowMillis < each.getValue().untilMillis && lives.test(each.getKey())) {
                    sum += each.getValue().connections;
                }
            }
        }
        return sum;
    }

    /** Another node told this. */
    synchronized void hear(long node, AccountRow row, long nowMillis, long keptMillis) {
        if (row.connections() > 0) {
            told = told == null ? new HashMap<>() : told;
            told.put(node, new Told(row.connections(), nowMillis + keptMillis));
        } else if (told != null) {
            told.remove(node);
        }
        fill(nowMillis);
        if (row.passed() > 0) {
            usedMillis = nowMillis;
        }
        operations = Math.min(operations - row.passed(), (double) accounts.burst() - row.spent());
    }

    /** What other nodes have to know; null if that is nothing new, and it is not {@code due} all the same. */
    synchronized @Nullable AccountRow tell(boolean due, long nowMillis) {
        if (!due && !isNew && !isChanged && passed == 0) {
            return null;
        }
        fill(nowMillis);
        int spent = (int) Math.min(Integer.MAX_VALUE, Math.ceil(accounts.burst() - operations));
        AccountRow row = new AccountRow(name, connections, passed, spent, isNew);
        isNew = false;
        isChanged = false;
        passed = 0;
        return row;
    }

    /** Whether it is as one that nobody ever heard of. Forgets what other nodes have not said again in time. */
    synchronized boolean isSettled(long nowMillis) {
        fill(nowMillis);
        if (told != null) {
            told.values().removeIf(each -> each.untilMillis <= nowMillis);
            told = told.isEmpty() ? null : told;
        }
        return connections == 0
                && operations >= accounts.burst()
                && Math.abs(nowMillis - usedMillis) >= REMEMBERED_MILLIS
                && !isNew
                && !isChanged
                && passed == 0;
    }

    /** When in a round it is told although nothing changed. */
    int turn(int turns) {
        return (int) Math.floorMod(name.low(), (long) turns);
    }
}
