package dev.parley.gateway.presence;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.conversation.View;
import dev.parley.gateway.presence.News.Peers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that somebody at this node looks at: who listens, what each person does, and what was told. Guarded by its
 * tenant.
 *
 * <p>What a visitor is told follows from two facts alone: whether a human of the staff looks, and whether one of them types
 * and says so to PUBLIC. It is told when one of these changes, and never because staff type among themselves.
 */
final class Room {
    static final long TYPING_MILLIS = 8_000;
    static final long CURSOR_MILLIS = 60_000;

    private static final int PEERS_MAX = 64;
    private static final int REMOTE_MAX = 256;
    private static final Comparator<Peer> ORDER = Comparator.<Peer, Role>comparing(
                    peer -> peer.author().role())
            .thenComparing(peer -> peer.author().subject());

    private final String conversation;
    private final Map<Watcher, Listener> listeners = new LinkedHashMap<>();
    private final Map<RemoteName, Doing> remote = new HashMap<>();
    private final Set<Watcher> untold = new HashSet<>();
    private @Nullable Peers toldStaff;
    private @Nullable Peers toldPublic;
    private long changesAtMillis = Long.MAX_VALUE;

    private record RemoteName(String replica, Person person) {}

    /** A subject may be a visitor's and an agent's. */
    record Person(String subject, boolean staff) {
        static Person of(Author author) {
            return new Person(author.subject(), author.role().isStaff());
        }
    }

    private static final class Listener {
        private final Author author;
        private int handle;
        private Doing doing = Doing.NOTHING;

        Listener(Author author, int handle) {
            this.author = author;
            this.handle = handle;
        }
    }

    /** A tab's or another node's latest signal of somebody; {@code number} orders those of one replica. */
    private record Doing(Signal signal, long heardMillis, long number) {
        static final Doing NOTHING = new Doing(Signal.IDLE, Long.MIN_VALUE / 2, 0);

        Signal at(long nowMillis) {
            long ageMillis = nowMillis - heardMillis;
            return new Signal(
                    ageMillis < TYPING_MILLIS ? signal.typing() : null,
                    ageMillis < CURSOR_MILLIS ? signal.cursor() : null);
        }

        /** When it will look different by itself. */
        long changesAtMillis(long nowMillis) {
            Signal now = at(nowMillis);
            long atMillis = now.cursor() == null ? Long.MAX_VALUE : heardMillis + CURSOR_MILLIS;
            return now.typing() == null ? atMillis : Math.min(atMillis, heardMillis + TYPING_MILLIS);
        }
    }

    Room(String conversation) {
        this.conversation = conversation;
    }

    String conversation() {
        return conversation;
    }

    /** Whether the watcher is new here. */
    boolean join(Watcher watcher, Author author, int handle) {
        Listener listener = listeners.get(watcher);
        if (listener == null) {
            listeners.put(watcher, new Listener(author, handle));
            untold.add(watcher);
            return true;
        }
        moved(watcher, handle);
        return false;
    }

    /** The watcher knows the conversation by another handle now. */
    void moved(Watcher watcher, int handle) {
        Listener listener = listeners.get(watcher);
        if (listener != null && listener.handle != handle) {
            listener.handle = handle;
            untold.add(watcher);
        }
    }

    boolean leave(Watcher watcher) {
        untold.remove(watcher);
        return listeners.remove(watcher) != null;
    }

    boolean isEmpty() {
        return listeners.isEmpty();
    }

    boolean isHere(Author author) {
        return listeners.values().stream().anyMatch(listener -> listener.author.equals(author));
    }

    List<Author> authors() {
        return listeners.values().stream()
                .map(listener -> listener.author)
                .distinct()
                .toList();
    }

    void heard(Watcher watcher, Signal signal, long nowMillis) {
        Listener listener = listeners.get(watcher);
        if (listener != null) {
            listener.doing = new Doing(signal, nowMillis, 0);
        }
    }

    /** From another node. Those that another message overtook are dropped. */
    void heard(String replica, Author author, Signal signal, long number, long nowMillis) {
        RemoteName name = new RemoteName(replica, Person.of(author));
        Doing known = remote.get(name);
        boolean isLater = known == null || known.number < number;
        if (isLater && (known != null || remote.size() < REMOTE_MAX)) {
            remote.put(name, new Doing(signal, nowMillis, number));
        }
    }

    /** The signals of other replicas than these are void. */
    void retain(Set<String> replicas) {
        remote.keySet().removeIf(name -> !replicas.contains(name.replica));
    }

    /** What a person does, in all tabs and at all nodes: types if it types anywhere, at the cursor that moved last. */
    Signal doing(Person person, long nowMillis) {
        View typing = null;
        Cursor cursor = null;
        long cursorMillis = Long.MIN_VALUE;
        for (Doing doing : all(person)) {
            Signal signal = doing.at(nowMillis);
            typing = typing == View.PUBLIC || signal.typing() == null ? typing : signal.typing();
            if (signal.cursor() != null && doing.heardMillis > cursorMillis) {
                cursor = signal.cursor();
                cursorMillis = doing.heardMillis;
            }
        }
        return new Signal(typing, cursor);
    }

    private List<Doing> all(Person person) {
        List<Doing> all = new ArrayList<>();
        for (Listener listener : listeners.values()) {
            if (Person.of(listener.author).equals(person)) {
                all.add(listener.doing);
            }
        }
        remote.forEach((name, doing) -> {
            if (name.person.equals(person)) {
                all.add(doing);
            }
        });
        return all;
    }

    boolean isDue(long nowMillis) {
        return !untold.isEmpty() || nowMillis >= changesAtMillis;
    }

    /** Tells listeners what is different for them now, where {@code viewers} look. */
    void tell(Collection<Author> viewers, long nowMillis) {
        remote.values().removeIf(doing -> nowMillis - doing.heardMillis >= CURSOR_MILLIS);
        List<Peer> all = new ArrayList<>();
        Set<Person> listed = new HashSet<>();
        changesAtMillis = Long.MAX_VALUE;
        for (Author author : viewers) {
            if (listed.add(Person.of(author))) {
                Signal signal = doing(Person.of(author), nowMillis);
                all.add(new Peer(author, signal.typing(), signal.cursor()));
                for (Doing doing : all(Person.of(author))) {
                    changesAtMillis = Math.min(changesAtMillis, doing.changesAtMillis(nowMillis));
                }
            }
        }
        all.sort(ORDER);
        Peers staff =
                new Peers(0, List.copyOf(all.subList(0, Math.min(PEERS_MAX, all.size()))), all.size() > PEERS_MAX);
        Peers visitors = new Peers(0, publicly(all), false);
        boolean isNewToStaff = !staff.equals(toldStaff);
        boolean isNewToPublic = !visitors.equals(toldPublic);
        listeners.forEach((watcher, listener) -> {
            boolean isStaff = listener.author.role().view() == View.STAFF;
            if (untold.contains(watcher) || (isStaff ? isNewToStaff : isNewToPublic)) {
                Peers told = isStaff ? staff : visitors;
                News news = new Peers(listener.handle, told.peers(), told.more());
                watcher.loop().execute(() -> watcher.tell(news));
            }
        });
        untold.clear();
        toldStaff = staff;
        toldPublic = visitors;
    }

    private static List<Peer> publicly(List<Peer> all) {
        boolean here = false;
        boolean typing = false;
        for (Peer peer : all) {
            if (isHumanStaff(peer.author())) {
                here = true;
                typing |= peer.typing() == View.PUBLIC;
            }
        }
        Author somebody = new Author("", Role.AGENT, "");
        return here ? List.of(new Peer(somebody, typing ? View.PUBLIC : null, null)) : List.of();
    }

    static boolean isHumanStaff(Author author) {
        return author.role() == Role.AGENT || author.role() == Role.ADMIN;
    }
}
