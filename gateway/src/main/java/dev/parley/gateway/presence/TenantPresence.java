package dev.parley.gateway.presence;

import dev.parley.conversation.Author;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Role;
import dev.parley.crdt.AddWinsSet;
import dev.parley.crdt.OrderedSet;
import dev.parley.gateway.presence.Cluster.Replicas;
import dev.parley.gateway.presence.Exchanged.Digest;
import dev.parley.gateway.presence.Exchanged.Doing;
import dev.parley.gateway.presence.News.Site;
import dev.parley.gateway.presence.News.Viewers;
import dev.parley.gateway.presence.News.Waiting;
import dev.parley.gateway.presence.PageCounts.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is here of one tenant. Connections say what is so at this node; a beat makes deltas of it for the other nodes, takes
 * theirs in, and tells watchers what came of it, so that a busy site costs each of them one message a beat. Guarded by
 * itself, any thread.
 */
final class TenantPresence {
    static final long DIGEST_MILLIS = 5_000;

    private static final int RECEIVED_MAX = 4_096;
    private static final int SUMMARIES_MAX = 4_096;
    private static final int PAGES_SHOWN_MAX = 200;
    private static final int QUEUE_SHOWN_MAX = 500;
    private static final int CONVERSATIONS_SHOWN_MAX = 500;
    private static final int VIEWERS_SHOWN_MAX = 16;
    private static final int VIEWERS_MAX = 100_000;

    private final String tenant;
    private final Map<String, Room> rooms = new HashMap<>();
    private final Set<ViewerName> turned = new LinkedHashSet<>();
    private final Set<String> dirtyRooms = new HashSet<>();
    private final Map<String, Map<Room.Person, Author>> signalled = new LinkedHashMap<>();
    private final PageCounts pages = new PageCounts();
    private final WaitingQueue queue = new WaitingQueue();
    private final Map<String, ConversationSummary> summaries = new LinkedHashMap<>();
    private final Map<String, String> arranged = new LinkedHashMap<>();
    private final Set<Watcher> watchers = new HashSet<>();
    private final Set<Watcher> untold = new HashSet<>();
    private final Queue<Exchanged> received = new ArrayDeque<>();
    private AddWinsSet viewers = AddWinsSet.EMPTY;
    private Replicas replicas = Replicas.NONE;
    private SiteView told = SiteView.NOTHING;
    private boolean siteChanged;
    private long digestAtMillis = Long.MIN_VALUE;
    private long messages;

    TenantPresence(String tenant) {
        this.tenant = tenant;
    }

    synchronized void signal(
            Watcher watcher, Author author, String conversation, int handle, Signal signal, long nowMillis) {
        Room room = rooms.computeIfAbsent(conversation, Room::new);
        if (room.join(watcher, author, handle)) {
            turned.add(new ViewerName(conversation, author));
        }
        room.heard(watcher, signal, nowMillis);
        dirtyRooms.add(conversation);
        signalled.computeIfAbsent(conversation, name -> new LinkedHashMap<>()).put(Room.Person.of(author), author);
    }

    synchronized void moved(Watcher watcher, String conversation, int handle) {
        Room room = rooms.get(conversation);
        if (room != null) {
            room.moved(watcher, handle);
        }
    }

    synchronized void left(Watcher watcher, Author author, String conversation) {
        Room room = rooms.get(conversation);
        if (room != null && room.leave(watcher)) {
            turned.add(new ViewerName(conversation, author));
            dirtyRooms.add(conversation);
            if (room.isEmpty()) {
                rooms.remove(conversation);
            }
        }
    }

    synchronized String enterPage(String page, String title, String visitor) {
        siteChanged = true;
        return pages.enter(page, title, visitor);
    }

    synchronized void leavePage(String counted, String visitor) {
        siteChanged = true;
        pages.leave(counted, visitor);
    }

    synchronized void watch(Watcher watcher) {
        watchers.add(watcher);
        untold.add(watcher);
    }

    synchronized void leaveSite(Watcher watcher) {
        watchers.remove(watcher);
        untold.remove(watcher);
    }

    synchronized void arrange(String conversation, String rank) {
        arranged.put(conversation, rank);
    }

    /** Changes of conversations. Past the bound they are lost until the conversation changes again. */
    synchronized void changed(List<ConversationSummary> rows) {
        for (ConversationSummary row : rows) {
            if (summaries.size() < SUMMARIES_MAX || summaries.containsKey(row.conversation())) {
                summaries.merge(
                        row.conversation(), row, (one, other) -> other.revision() > one.revision() ? other : one);
            }
        }
    }

    /** From another node, to be taken in by the next beat. Past the bound it is lost, like any message. */
    synchronized void received(Exchanged message) {
        if (received.size() < RECEIVED_MAX) {
            received.add(message);
        }
    }

    synchronized boolean isWorn() {
        return pages.isWorn();
    }

    /** One turn: takes in, changes, tells. What the other nodes are to be told, or null. */
    synchronized @Nullable Exchanged beat(Replicas now, long nowMillis) {
        AddWinsSet before = viewers;
        OrderedSet queueBefore = queue.set();
        OrderedSet queueChanges = retain(now);
        AddWinsSet viewerChanges = AddWinsSet.EMPTY;
        List<Row> pageChanges = new ArrayList<>();
        AddWinsSet viewerNews = AddWinsSet.EMPTY;
        for (Exchanged message = received.poll(); message != null; message = received.poll()) {
            if (!replicas.all().contains(Replicas.name(message.node(), message.fence()))) {
                continue;
            }
            viewerNews = viewerNews.merge(message.viewers().retain(replicas.all()));
            queueChanges = queueChanges.merge(
                    queue.merge(replicas.own(), message.queue().retain(replicas.all())));
            takeIn(message, nowMillis);
            Digest digest = message.digest();
            if (digest != null) {
                viewerChanges = viewerChanges.merge(missing(digest));
                queueChanges = queueChanges.merge(missingOfQueue(digest));
                pageChanges.addAll(pages.missing(replicas.own(), digest.pages()));
            }
        }
        viewers = viewers.merge(viewerNews);
        viewerChanges = viewerChanges.merge(turn());
        queueChanges = queueChanges.merge(turnQueue());
        List<Row> counted = pages.takeChanges(replicas.own());
        pageChanges.addAll(counted);
        siteChanged |= !counted.isEmpty() || !queueBefore.equals(queue.set());
        if (!before.equals(viewers)) {
            compare(before, viewers);
        }
        List<Doing> signals = takeSignals(nowMillis);
        tellRooms(nowMillis);
        tellSite();
        return message(viewerChanges, queueChanges, pageChanges, signals, nowMillis);
    }

    /** Leaves out what nodes wrote that are gone, and says again under the own name what is so here, if that is new. */
    private OrderedSet retain(Replicas now) {
        if (now.equals(replicas)) {
            return OrderedSet.EMPTY;
        }
        boolean isRenamed = !now.own().equals(replicas.own());
        replicas = now;
        viewers = viewers.retain(now.all());
        pages.retain(now.own(), now.all());
        rooms.values().forEach(room -> room.retain(now.all()));
        if (isRenamed) {
            rooms.forEach((conversation, room) ->
                    room.authors().forEach(author -> turned.add(new ViewerName(conversation, author))));
            digestAtMillis = Long.MIN_VALUE;
        }
        dirtyRooms.addAll(rooms.keySet());
        siteChanged = true;
        return queue.retain(now.own(), now.all());
    }

    private void takeIn(Exchanged message, long nowMillis) {
        for (Row row : message.pages()) {
            pages.merge(new Row(row.page(), row.title(), row.visitors().retain(replicas.all())));
            siteChanged = true;
        }
        String replica = Replicas.name(message.node(), message.fence());
        for (Doing doing : message.signals()) {
            Room room = rooms.get(doing.conversation());
            if (room != null) {
                room.heard(replica, doing.author(), doing.signal(), message.number(), nowMillis);
                dirtyRooms.add(doing.conversation());
            }
        }
    }

    /** The others send what they made themselves: nobody is told the same by all. */
    private AddWinsSet missing(Digest digest) {
        boolean lacks = digest.viewers().of(replicas.own()) < viewers.versions().of(replicas.own());
        return lacks ? viewers.delta(digest.viewers()) : AddWinsSet.EMPTY;
    }

    private OrderedSet missingOfQueue(Digest digest) {
        boolean lacks =
                digest.queue().of(replicas.own()) < queue.set().versions().of(replicas.own());
        return lacks ? queue.set().delta(digest.queue()) : OrderedSet.EMPTY;
    }

    /** Who came and who went here, as one delta. */
    private AddWinsSet turn() {
        List<String> came = new ArrayList<>();
        List<String> went = new ArrayList<>();
        for (ViewerName name : turned) {
            Room room = rooms.get(name.conversation());
            boolean isHere = room != null && room.isHere(name.author());
            String element = name.element();
            boolean isSaid =
                    viewers.dots(element).stream().anyMatch(dot -> dot.replica().equals(replicas.own()));
            if (isHere && !isSaid && viewers.elements().size() + came.size() < VIEWERS_MAX) {
                came.add(element);
            } else if (!isHere && isSaid) {
                went.add(element);
            }
        }
        turned.clear();
        AddWinsSet left = viewers.withdrawal(replicas.own(), went);
        viewers = viewers.merge(left);
        AddWinsSet entered = viewers.addition(replicas.own(), came);
        viewers = viewers.merge(entered);
        return left.merge(entered);
    }

    private OrderedSet turnQueue() {
        OrderedSet changes = queue.changed(replicas.own(), summaries.values());
        summaries.clear();
        for (Map.Entry<String, String> each : arranged.entrySet()) {
            changes = changes.merge(queue.arrange(replicas.own(), each.getKey(), each.getValue()));
        }
        arranged.clear();
        return changes;
    }

    /** Marks the conversations whose viewers are different. */
    private void compare(AddWinsSet before, AddWinsSet after) {
        siteChanged = true;
        markMissing(before, after);
        markMissing(after, before);
    }

    private void markMissing(AddWinsSet from, AddWinsSet in) {
        for (String element : from.elements()) {
            ViewerName name = in.contains(element) ? null : ViewerName.parse(element);
            if (name != null) {
                dirtyRooms.add(name.conversation());
            }
        }
    }

    private List<Doing> takeSignals(long nowMillis) {
        List<Doing> signals = new ArrayList<>();
        signalled.forEach((conversation, people) -> {
            Room room = rooms.get(conversation);
            people.forEach((person, author) -> {
                Signal signal = room == null ? Signal.IDLE : room.doing(person, nowMillis);
                signals.add(new Doing(conversation, author, signal));
            });
        });
        signalled.clear();
        return signals;
    }

    private void tellRooms(long nowMillis) {
        for (Room room : rooms.values()) {
            if (dirtyRooms.contains(room.conversation()) || room.isDue(nowMillis)) {
                room.tell(authors(room.conversation()), nowMillis);
            }
        }
        dirtyRooms.clear();
    }

    private List<Author> authors(String conversation) {
        List<Author> authors = new ArrayList<>();
        for (String element : ViewerName.of(conversation, viewers.elements())) {
            ViewerName name = ViewerName.parse(element);
            if (name != null) {
                authors.add(name.author());
            }
        }
        return authors;
    }

    private void tellSite() {
        if (watchers.isEmpty() || (!siteChanged && untold.isEmpty())) {
            return;
        }
        SiteView view = siteChanged ? view() : told;
        Site changes = told.changesTo(view);
        told = view;
        siteChanged = false;
        for (Watcher watcher : watchers) {
            boolean isNew = untold.contains(watcher);
            if (isNew || !changes.isEmpty()) {
                News news = isNew ? view.whole() : changes;
                watcher.loop().execute(() -> watcher.tell(news));
            }
        }
        untold.clear();
    }

    private SiteView view() {
        List<Waiting> waiting = new ArrayList<>();
        queue.ranks().forEach((conversation, rank) -> waiting.add(new Waiting(conversation, rank)));
        waiting.sort(Comparator.comparing(Waiting::rank).thenComparing(Waiting::conversation));
        return SiteView.of(
                pages.busiest(PAGES_SHOWN_MAX),
                waiting.subList(0, Math.min(QUEUE_SHOWN_MAX, waiting.size())),
                conversationsWithStaff());
    }

    private List<Viewers> conversationsWithStaff() {
        Map<String, List<Author>> byConversation = new TreeMap<>();
        for (String element : viewers.elements()) {
            ViewerName name = ViewerName.parse(element);
            if (name != null) {
                byConversation
                        .computeIfAbsent(name.conversation(), key -> new ArrayList<>())
                        .add(name.author());
            }
        }
        List<Viewers> rows = new ArrayList<>();
        byConversation.forEach((conversation, authors) -> {
            if (rows.size() < CONVERSATIONS_SHOWN_MAX
                    && authors.stream().anyMatch(author -> author.role() != Role.VISITOR)) {
                rows.add(new Viewers(
                        conversation, List.copyOf(authors.subList(0, Math.min(VIEWERS_SHOWN_MAX, authors.size())))));
            }
        });
        return rows;
    }

    /** Nobody is here or asks who is. */
    private boolean isEmpty() {
        return rooms.isEmpty()
                && watchers.isEmpty()
                && viewers.elements().isEmpty()
                && pages.isEmpty()
                && queue.set().places().isEmpty();
    }

    private @Nullable Exchanged message(
            AddWinsSet viewerChanges,
            OrderedSet queueChanges,
            List<Row> pageChanges,
            List<Doing> signals,
            long nowMillis) {
        boolean isDigestDue = nowMillis >= digestAtMillis && !isEmpty();
        boolean isNews = !viewerChanges.context().isEmpty()
                || !queueChanges.context().isEmpty()
                || !pageChanges.isEmpty()
                || !signals.isEmpty();
        if (!isDigestDue && (!isNews || replicas.isAlone())) {
            return null;
        }
        Digest digest = null;
        if (isDigestDue) {
            digestAtMillis = nowMillis + DIGEST_MILLIS;
            digest = new Digest(viewers.versions(), queue.set().versions(), pages.versions());
        }
        return new Exchanged(
                replicas.node(),
                replicas.fence(),
                tenant,
                ++messages,
                viewerChanges,
                queueChanges,
                pageChanges,
                signals,
                digest);
    }
}
