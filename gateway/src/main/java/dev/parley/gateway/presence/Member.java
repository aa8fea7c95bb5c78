package dev.parley.gateway.presence;

import dev.parley.conversation.Rank;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Action;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Principal;
import dev.parley.ot.Text;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection's part in presence: what it says is checked and counted here. It ends with the connection, and when its
 * principal becomes another. On the connection's loop.
 */
public final class Member {
    public static final int PAGE_LENGTH_MAX = 512;
    public static final int TITLE_LENGTH_MAX = 200;

    private static final int SIGNALS_PER_SECOND = 20;
    private static final int REQUESTS_PER_SECOND = 5;

    private final Watcher watcher;
    private final Principal principal;
    private final TenantPresence tenant;
    private final Policy policy;
    private final Limits limits;
    private final InstantSource clock;
    private final PresenceCounters counters;
    private final Allowance signals;
    private final Allowance requests;
    private final Set<String> conversations = new HashSet<>();
    private @Nullable String page;
    private boolean watchesSite;

    Member(
            Watcher watcher,
            TenantPresence tenant,
            Policy policy,
            Limits limits,
            InstantSource clock,
            PresenceCounters counters) {
        this.watcher = watcher;
        this.principal = watcher.principal();
        this.tenant = tenant;
        this.policy = policy;
        this.limits = limits;
        this.clock = clock;
        this.counters = counters;
        this.signals = new Allowance(SIGNALS_PER_SECOND, clock.millis());
        this.requests = new Allowance(REQUESTS_PER_SECOND, clock.millis());
    }

    /** Somebody looks at a conversation that this connection has open, of which it was told up to {@code revision}. */
    public Outcome signal(String conversation, int handle, long revision, Signal signal) {
        Outcome outcome = taken(signals);
        if (outcome != Outcome.DONE) {
            return outcome;
        }
        Cursor cursor = signal.cursor();
        if (cursor != null && !isPlace(cursor, revision)) {
            return Outcome.MALFORMED;
        }
        boolean isVisitor = principal.role().view() == View.PUBLIC;
        View typing = signal.typing() != null && isVisitor ? View.PUBLIC : signal.typing();
        if (conversations.add(conversation)) {
            counters.looking.increment();
        }
        tenant.signal(watcher, principal.author(), conversation, handle, new Signal(typing, cursor), clock.millis());
        return Outcome.DONE;
    }

    private boolean isPlace(Cursor cursor, long revision) {
        return !cursor.block().isEmpty()
                && cursor.block().length() <= limits.idLengthMax()
                && Text.isWellFormed(cursor.block())
                && isOffset(cursor.start())
                && isOffset(cursor.end())
                && cursor.revision() >= 0
                && cursor.revision() <= revision;
    }

    private boolean isOffset(int offset) {
        return offset >= 0 && offset <= limits.textLengthMax();
    }

    /** The conversation has another handle now. */
    public void moved(String conversation, int handle) {
        if (conversations.contains(conversation)) {
            tenant.moved(watcher, conversation, handle);
        }
    }

    public void left(String conversation) {
        if (conversations.remove(conversation)) {
            counters.looking.decrement();
            tenant.left(watcher, principal.author(), conversation);
        }
    }

    /** The page that a visitor's tab shows; empty: none. */
    public Outcome visit(String url, String title) {
        Outcome outcome = asked(Action.VISIT, "SITE");
        if (outcome != Outcome.DONE) {
            return outcome;
        }
        if (url.length() > PAGE_LENGTH_MAX
                || title.length() > TITLE_LENGTH_MAX
                || !Text.isWellFormed(url)
                || !Text.isWellFormed(title)) {
            return Outcome.MALFORMED;
        }
        leavePage();
        String path = url.split("[?#]", 2)[0];
        if (!path.isEmpty()) {
            page = tenant.enterPage(path, title, principal.subject());
            counters.visiting.increment();
        }
        return Outcome.DONE;
    }

    private void leavePage() {
        if (page != null) {
            tenant.leavePage(page, principal.subject());
            counters.visiting.decrement();
            page = null;
        }
    }

    public Outcome watchSite() {
        Outcome outcome = asked(Action.WATCH, "SITE");
        if (outcome == Outcome.DONE) {
            watchesSite = true;
            tenant.watch(watcher);
        }
        return outcome;
    }

    /** Once more from the start, since something told may not have arrived. */
    public void watchSiteAgain() {
        if (watchesSite) {
            tenant.watch(watcher);
        }
    }

    public Outcome arrange(String conversation, String rank) {
        Outcome outcome = asked(Action.ARRANGE, "QUEUE");
        if (outcome != Outcome.DONE) {
            return outcome;
        }
        if (!Rank.isValid(rank) || conversation.length() > limits.idLengthMax()) {
            return Outcome.MALFORMED;
        }
        tenant.arrange(conversation, rank);
        return Outcome.DONE;
    }

    private Outcome asked(Action action, String on) {
        Outcome outcome = taken(requests);
        boolean allowed = policy.mayAtSite(principal.tenant(), principal.author(), action, on);
        return outcome == Outcome.DONE && !allowed ? Outcome.NOT_ALLOWED : outcome;
    }

    private Outcome taken(Allowance allowance) {
        Outcome outcome = allowance.take(clock.millis());
        if (outcome != Outcome.DONE) {
            counters.dropped.increment();
        }
        return outcome;
    }

    public void end() {
        conversations.forEach(conversation -> tenant.left(watcher, principal.author(), conversation));
        counters.looking.add(-conversations.size());
        conversations.clear();
        leavePage();
        tenant.leaveSite(watcher);
        watchesSite = false;
    }
}
