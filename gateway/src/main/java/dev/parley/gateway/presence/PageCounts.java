package dev.parley.gateway.presence;

import dev.parley.crdt.PnCounter;
import dev.parley.crdt.VersionVector;
import dev.parley.gateway.presence.News.PageVisitors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many visitors are on each page: here by name, so that two tabs of one count once, and a counter per page that nodes
 * share. Guarded by its tenant.
 */
final class PageCounts {
    /** Pages beyond that are counted under the empty name. */
    private static final int PAGES_MAX = 4_000;

    private final Map<String, Map<String, Integer>> here = new HashMap<>();
    private final Map<String, PnCounter> shared = new HashMap<>();
    private final Map<String, String> titles = new HashMap<>();
    private final Set<String> touched = new HashSet<>();
    private int counted;

    /** A page and the visitors on it, between nodes. */
    record Row(String page, String title, PnCounter visitors) {}

    /** The name under which the page is counted. */
    String enter(String page, String title, String visitor) {
        String counted = shared.containsKey(page) || here.containsKey(page) || hasRoom() ? page : "";
        here.computeIfAbsent(counted, name -> new HashMap<>()).merge(visitor, 1, Integer::sum);
        touched.add(counted);
        if (!title.isEmpty() && !counted.isEmpty()) {
            titles.put(counted, title);
        }
        return counted;
    }

    private boolean hasRoom() {
        return Math.max(shared.size(), here.size()) < PAGES_MAX;
    }

    void leave(String counted, String visitor) {
        here.computeIfPresent(counted, (name, visitors) -> {
            visitors.computeIfPresent(visitor, (who, tabs) -> tabs == 1 ? null : tabs - 1);
            return visitors.isEmpty() ? null : visitors;
        });
        touched.add(counted);
    }

    /** Counts what changed here under this replica's name; what is new to others. */
    List<Row> takeChanges(String replica) {
        List<Row> rows = new ArrayList<>();
        for (String page : touched) {
            PnCounter counter = shared.getOrDefault(page, PnCounter.ZERO);
            PnCounter own = counter.retain(Set.of(replica));
            long known = own.value();
            long now = here.getOrDefault(page, Map.of()).size();
            if (known != now) {
                PnCounter delta = counter.change(replica, now - known);
                shared.put(page, counter.merge(delta));
                counted += own.rows().isEmpty() ? 1 : 0;
                rows.add(row(page, delta));
            }
        }
        touched.clear();
        return rows;
    }

    void merge(Row row) {
        if (shared.containsKey(row.page()) || shared.size() < 2 * PAGES_MAX) {
            shared.merge(row.page(), row.visitors(), PnCounter::merge);
            if (!row.title().isEmpty()) {
                titles.put(row.page(), row.title());
            }
        }
    }

    /** What this replica counted and who knows only {@code since} lacks: all pages, or none. */
    List<Row> missing(String replica, VersionVector since) {
        List<Row> rows = new ArrayList<>();
        if (since.of(replica) < versions().of(replica)) {
            shared.forEach((page, counter) -> {
                PnCounter own = counter.retain(Set.of(replica));
                if (!own.rows().isEmpty()) {
                    rows.add(row(page, own));
                }
            });
        }
        return rows;
    }

    private Row row(String page, PnCounter counter) {
        return new Row(page, titles.getOrDefault(page, ""), counter);
    }

    /** How much each replica counted on all pages. It only grows, page by page: the same sum is the same counts. */
    VersionVector versions() {
        TreeMap<String, Long> sums = new TreeMap<>();
        shared.values()
                .forEach(counter ->
                        counter.versions().events().forEach((replica, count) -> sums.merge(replica, count, Long::sum)));
        return new VersionVector(sums);
    }

    /** Leaves out who is gone; what is here is counted again where the own name is new. */
    void retain(String own, Set<String> replicas) {
        shared.replaceAll((page, counter) -> counter.retain(replicas));
        shared.values().removeIf(counter -> counter.rows().isEmpty());
        counted = (int) shared.values().stream()
                .filter(counter -> counter.rows().containsKey(own))
                .count();
        touched.addAll(here.keySet());
        titles.keySet().removeIf(page -> !shared.containsKey(page) && !here.containsKey(page));
    }

    /** Of so many pages that were counted here all visitors are gone that it is time to forget them: under a new name. */
    boolean isWorn() {
        return counted - here.size() > PAGES_MAX / 2;
    }

    boolean isEmpty() {
        return shared.isEmpty() && here.isEmpty();
    }

    /** Those with the most visitors. */
    List<PageVisitors> busiest(int max) {
        List<PageVisitors> pages = new ArrayList<>();
        shared.forEach((page, counter) -> {
            long visitors = counter.value();
            if (visitors > 0) {
                pages.add(new PageVisitors(
                        page, titles.getOrDefault(page, ""), (int) Math.min(Integer.MAX_VALUE, visitors)));
            }
        });
        pages.sort(Comparator.comparingInt(PageVisitors::visitors).reversed().thenComparing(PageVisitors::page));
        return pages.subList(0, Math.min(max, pages.size()));
    }
}
