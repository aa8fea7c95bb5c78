package dev.parley.gateway.assistant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tenants' articles, read over HTTP and kept while they stay as they are. Blocks; for any thread. */
final class Articles {
    private static final int ARTICLES_MAX = 1_000;
    private static final int TENANTS_MAX = 64;
    private static final int PAGE = 100;

    private final OwnGateway gateway;
    private final Cache<String, Read> tenants =
            Caffeine.newBuilder().maximumSize(TENANTS_MAX).build();

    /** Immutable: the index, and what it was made of, by conversation. */
    private record Read(Map<String, Article> articles, ArticleIndex index) {}

    private record Article(long revision, List<Passage> passages) {}

    Articles(OwnGateway gateway) {
        this.gateway = gateway;
    }

    ArticleIndex of(String tenant) throws IOException, InterruptedException {
        Map<String, Article> known = new HashMap<>();
        Read before = tenants.getIfPresent(tenant);
        Map<String, Article> now = new HashMap<>();
        if (before != null) {
            known.putAll(before.articles());
        }
        for (Map<?, ?> row : rows(tenant)) {
            String conversation = OwnGateway.text(row, "conversation");
            long revision = row.get("revision") instanceof Number number ? number.longValue() : 0;
            Article article = known.get(conversation);
            boolean current = article != null && article.revision() == revision;
            now.put(conversation, current ? article : new Article(revision, read(tenant, conversation)));
        }
        if (before != null && before.articles().equals(now)) {
            return before.index();
        }
        List<Passage> all = new ArrayList<>();
        now.values().forEach(article -> all.addAll(article.passages()));
        Read read = new Read(Map.copyOf(now), new ArticleIndex(all));
        tenants.put(tenant, read);
        return read.index();
    }

    private List<Map<?, ?>> rows(String tenant) throws IOException, InterruptedException {
        List<Map<?, ?>> rows = new ArrayList<>();
        String after = "";
        do {
            Map<String, Object> page =
                    gateway.get(tenant, "/v1/conversations?kind=ARTICLE&limit=" + PAGE + "&after=" + after);
            rows.addAll(OwnGateway.list(page, "conversations"));
            after = OwnGateway.text(page, "next");
        } while (!after.isEmpty() && rows.size() < ARTICLES_MAX);
        return rows;
    }

    private List<Passage> read(String tenant, String conversation) throws IOException, InterruptedException {
        Map<String, Object> state = gateway.get(tenant, "/v1/conversations/" + OwnGateway.encoded(conversation));
        String title =
                state.get("attributes") instanceof Map<?, ?> attributes ? OwnGateway.text(attributes, "title") : "";
        List<Passage> passages = new ArrayList<>();
        for (Map<?, ?> block : OwnGateway.list(state, "blocks")) {
            if (OwnGateway.text(block, "kind").equals("SECTION") && !isRecalled(block)) {
                Passage passage = Passage.of(title, OwnGateway.text(block, "text"));
                if (!passage.text().isEmpty()) {
                    passages.add(passage);
                }
            }
        }
        return passages;
    }

    static boolean isRecalled(Map<?, ?> block) {
        return block.get("attributes") instanceof Map<?, ?> attributes && attributes.containsKey("recalled");
    }
}
