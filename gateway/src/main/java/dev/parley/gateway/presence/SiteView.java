package dev.parley.gateway.presence;

import dev.parley.gateway.presence.News.PageVisitors;
import dev.parley.gateway.presence.News.Site;
import dev.parley.gateway.presence.News.Viewers;
import dev.parley.gateway.presence.News.Waiting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** The rows of a site as its watchers have them. Immutable. */
record SiteView(Map<String, PageVisitors> pages, Map<String, Waiting> queue, Map<String, Viewers> viewers) {
    static final SiteView NOTHING = of(List.of(), List.of(), List.of());

    static SiteView of(List<PageVisitors> pages, List<Waiting> queue, List<Viewers> viewers) {
        return new SiteView(
                named(pages, PageVisitors::page),
                named(queue, Waiting::conversation),
                named(viewers, Viewers::conversation));
    }

    private static <R> Map<String, R> named(List<R> rows, Function<R, String> name) {
        Map<String, R> named = new LinkedHashMap<>();
        rows.forEach(row -> named.put(name.apply(row), row));
        return named;
    }

    Site whole() {
        return new Site(true, List.copyOf(pages.values()), List.copyOf(queue.values()), List.copyOf(viewers.values()));
    }

    /** What who has this view has to be told to have the other. */
    Site changesTo(SiteView other) {
        return new Site(
                false,
                changes(pages, other.pages, page -> new PageVisitors(page, "", 0)),
                changes(queue, other.queue, conversation -> new Waiting(conversation, "")),
                changes(viewers, other.viewers, conversation -> new Viewers(conversation, List.of())));
    }

    private static <R> List<R> changes(Map<String, R> before, Map<String, R> after, Function<String, R> gone) {
        Stream<R> removed = before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .map(gone);
        Stream<R> changed = after.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(before.get(entry.getKey())))
                .map(Map.Entry::getValue);
        return Stream.concat(removed, changed).toList();
    }
}
