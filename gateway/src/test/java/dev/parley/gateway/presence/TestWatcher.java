package dev.parley.gateway.presence;

import dev.parley.conversation.Author;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.DirectLoop;
import dev.parley.gateway.shard.Loop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A connection that keeps what it is told. */
final class TestWatcher implements Watcher {
    final List<News> told = new ArrayList<>();
    final Map<String, Integer> pages = new LinkedHashMap<>();
    final Map<String, String> queue = new LinkedHashMap<>();
    final Map<String, List<Author>> viewers = new LinkedHashMap<>();
    private final Principal principal;

    TestWatcher(String tenant, Author author) {
        this.principal = new Principal(tenant, author, Long.MAX_VALUE);
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public Loop loop() {
        return DirectLoop.INSTANCE;
    }

    @Override
    public void tell(News news) {
        told.add(news);
        if (news instanceof News.Site site) {
            if (site.whole()) {
                pages.clear();
                queue.clear();
                viewers.clear();
            }
            site.pages().forEach(page -> put(pages, page.page(), page.visitors() == 0, page.visitors()));
            site.queue()
                    .forEach(waiting ->
                            put(queue, waiting.conversation(), waiting.rank().isEmpty(), waiting.rank()));
            site.viewers()
                    .forEach(row ->
                            put(viewers, row.conversation(), row.viewers().isEmpty(), row.viewers()));
        }
    }

    private static <V> void put(Map<String, V> rows, String name, boolean gone, V value) {
        if (gone) {
            rows.remove(name);
        } else {
            rows.put(name, value);
        }
    }

    /** The queue in its order. */
    List<String> queued() {
        return queue.entrySet().stream()
                .sorted(Map.Entry.<String, String>comparingByValue()
                        .thenComparing(Comparator.comparing(Map.Entry::getKey)))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The last list of peers; empty if there was none. */
    List<Peer> peers() {
        Optional<List<Peer>> last = told.stream()
                .filter(News.Peers.class::isInstance)
                .map(news -> ((News.Peers) news).peers())
                .reduce((before, after) -> after);
        return last.orElse(List.of());
    }

    List<String> subjects() {
        return peers().stream().map(peer -> peer.author().subject()).toList();
    }

    long peersTold() {
        return told.stream().filter(News.Peers.class::isInstance).count();
    }
}
