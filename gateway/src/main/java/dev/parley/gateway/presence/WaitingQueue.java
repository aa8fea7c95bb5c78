package dev.parley.gateway.presence;

import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Rank;
import dev.parley.conversation.Role;
import dev.parley.crdt.OrderedSet;
import dev.parley.crdt.OrderedSet.Placed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The conversations that wait for somebody, in the order that agents gave them, else that of their waiting. A member is a
 * wait: a conversation, and a revision inside of it; any later revision at which the conversation does not wait says that
 * this wait is over, for good. So a member that a node adds again, since it heard late, goes again. Guarded by its tenant.
 */
final class WaitingQueue {
    private static final int WAITS_MAX = 2_000;
    private static final int KNOWN_MAX = 20_000;

    private final Map<String, Known> latest = new LinkedHashMap<>();
    private final Map<String, List<String>> byConversation = new HashMap<>();
    private OrderedSet set = OrderedSet.EMPTY;
    private boolean isIndexed;

    /** What was last heard of a conversation. */
    private record Known(long revision, boolean waits, long timeMillis) {
        static Known of(ConversationSummary summary) {
            return new Known(summary.revision(), WaitingQueue.waits(summary), summary.lastTimeMillis());
        }

        String rank() {
            return Rank.ofRevision(timeMillis);
        }
    }

    private record Wait(String conversation, long revision) {
        String element() {
            return revision + ":" + conversation;
        }

        /** Of no conversation for what is no such element: another version's, which this one does not show. */
        static Wait parse(String element) {
            int colon = element.indexOf(':');
            try {
                return new Wait(element.substring(colon + 1), Long.parseLong(element, 0, Math.max(colon, 0), 10));
            } catch (NumberFormatException e) {
                return new Wait("", 0);
            }
        }
    }

    OrderedSet set() {
        return set;
    }

    static boolean waits(ConversationSummary summary) {
        return summary.state().equals("open")
                && summary.assignee().isEmpty()
                && summary.lastRole() == Role.VISITOR
                && !summary.lastText().isEmpty();
    }

    /** The delta that the changes of conversations make, one of each, already merged here. */
    OrderedSet changed(String replica, Collection<ConversationSummary> summaries) {
        List<String> over = new ArrayList<>();
        Map<String, String> begun = new LinkedHashMap<>();
        for (ConversationSummary summary : summaries) {
            if (isNews(summary)) {
                List<String> elements = elementsOf(summary.conversation());
                if (!waits(summary)) {
                    over.addAll(overAt(summary.revision(), elements));
                } else if (elements.isEmpty() && set.places().size() - over.size() + begun.size() < WAITS_MAX) {
                    begun.put(
                            new Wait(summary.conversation(), summary.revision()).element(),
                            Rank.ofRevision(summary.lastTimeMillis()));
                }
            }
        }
        OrderedSet removal = merged(set.removal(replica, over));
        return removal.merge(merged(set.additions(replica, begun)));
    }

    /** Whether this is not older than what was known of the conversation; it is known then. */
    private boolean isNews(ConversationSummary summary) {
        Known known = latest.remove(summary.conversation());
        boolean isNews = known == null || known.revision <= summary.revision();
        latest.put(summary.conversation(), known == null || isNews ? Known.of(summary) : known);
        if (latest.size() > KNOWN_MAX) {
            latest.remove(latest.keySet().iterator().next());
        }
        return isNews;
    }

    /** The delta that moves a conversation, already merged here; empty if it does not wait. */
    OrderedSet arrange(String replica, String conversation, String rank) {
        OrderedSet delta = OrderedSet.EMPTY;
        for (String element : elementsOf(conversation)) {
            delta = delta.merge(merged(set.move(replica, element, rank)));
        }
        return delta;
    }

    /**
     * Takes in what others changed. The delta that answers it takes out what is over, and puts in what waits again since:
     * who took out the older wait had not heard of the newer.
     */
    OrderedSet merge(String replica, OrderedSet delta) {
        OrderedSet before = set;
        merged(delta);
        OrderedSet answer = over(replica);
        for (String element : before.places().keySet()) {
            Wait wait = Wait.parse(element);
            Known known = set.contains(element) ? null : latest.get(wait.conversation);
            if (known != null && known.waits && known.revision > wait.revision) {
                String next = new Wait(wait.conversation, known.revision).element();
                boolean isNew =
                        !before.contains(next) && elementsOf(wait.conversation).isEmpty();
                answer = isNew ? answer.merge(merged(set.addition(replica, next, known.rank()))) : answer;
            }
        }
        return answer;
    }

    private OrderedSet over(String replica) {
        List<String> over = new ArrayList<>();
        set.places().keySet().forEach(element -> {
            Wait wait = Wait.parse(element);
            Known known = latest.get(wait.conversation);
            if (known != null && !known.waits && known.revision >= wait.revision) {
                over.add(element);
            }
        });
        return merged(set.removal(replica, over));
    }

    /**
     * Leaves out who is gone. Waits that only those had put in go on under this replica: it is the conversation that waits,
     * not the node.
     */
    OrderedSet retain(String replica, Set<String> replicas) {
        OrderedSet adopted = OrderedSet.EMPTY;
        for (Map.Entry<String, List<Placed>> entry : set.places().entrySet()) {
            boolean isOrphan = entry.getValue().stream()
                    .noneMatch(place -> replicas.contains(place.dot().replica()));
            String rank = isOrphan ? set.rank(entry.getKey()) : null;
            if (rank != null) {
                adopted = adopted.merge(merged(set.addition(replica, entry.getKey(), rank)));
            }
        }
        set(set.retain(replicas));
        return adopted.retain(replicas);
    }

    private void set(OrderedSet changed) {
        set = changed;
        isIndexed = false;
    }

    private OrderedSet merged(OrderedSet delta) {
        if (!delta.context().isEmpty()) {
            set(set.merge(delta));
        }
        return delta;
    }

    /** The rank of each conversation that waits: of several waits that of the oldest. */
    Map<String, String> ranks() {
        Map<String, Wait> oldest = new TreeMap<>();
        set.places().keySet().forEach(element -> {
            Wait wait = Wait.parse(element);
            if (!wait.conversation.isEmpty()) {
                oldest.merge(wait.conversation, wait, (one, other) -> one.revision <= other.revision ? one : other);
            }
        });
        Map<String, String> ranks = new TreeMap<>();
        oldest.forEach((conversation, wait) -> {
            String rank = set.rank(wait.element());
            if (rank != null) {
                ranks.put(conversation, rank);
            }
        });
        return ranks;
    }

    private List<String> elementsOf(String conversation) {
        if (!isIndexed) {
            isIndexed = true;
            byConversation.clear();
            for (String element : set.places().keySet()) {
                byConversation
                        .computeIfAbsent(Wait.parse(element).conversation, first -> new ArrayList<>(1))
                        .add(element);
            }
        }
        return byConversation.getOrDefault(conversation, List.of());
    }

    private static List<String> overAt(long revision, List<String> elements) {
        return elements.stream()
                .filter(element -> Wait.parse(element).revision <= revision)
                .toList();
    }
}
