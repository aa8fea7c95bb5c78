package dev.parley.gateway.assistant;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the sections that a question is about, by Okapi BM25. Immutable, for any thread. */
final class ArticleIndex {
    private static final double SATURATION = 1.2;
    private static final double LENGTH_WEIGHT = 0.75;
    private static final int HEADING_WEIGHT = 3;
    private static final int TERMS_FOR_TWO_MATCHES = 5;

    private final List<Document> documents = new ArrayList<>();
    private final Map<String, Integer> documentsWith = new HashMap<>();
    private final double averageLength;

    private record Document(Passage passage, Map<String, Integer> counts, int length) {}

    private record Scored(Passage passage, double score) {}

    ArticleIndex(List<Passage> passages) {
        long length = 0;
        for (Passage passage : passages) {
            List<String> terms = new ArrayList<>(Terms.of(passage.text()));
            terms.addAll(Terms.of(passage.article()));
            for (int i = 0; i < HEADING_WEIGHT; i++) {
                terms.addAll(Terms.of(passage.heading()));
            }
            Map<String, Integer> counts = new HashMap<>();
            terms.forEach(term -> counts.merge(term, 1, Integer::sum));
            counts.keySet().forEach(term -> documentsWith.merge(term, 1, Integer::sum));
            documents.add(new Document(passage, counts, terms.size()));
            length += terms.size();
        }
        averageLength = documents.isEmpty() ? 1 : Math.max(1, (double) length / documents.size());
    }

    /** Best first; none that shares next to nothing with the question. */
    List<Passage> search(String question, int limit) {
        Set<String> asked = new LinkedHashSet<>(Terms.of(question));
        int matchesMin = asked.size() < TERMS_FOR_TWO_MATCHES ? 1 : 2;
        List<Scored> scored = new ArrayList<>();
        for (Document document : documents) {
            Set<String> matched = new HashSet<>(asked);
            matched.retainAll(document.counts().keySet());
            if (!matched.isEmpty() && matched.size() >= matchesMin) {
                scored.add(new Scored(document.passage(), score(document, matched)));
            }
        }
        scored.sort(Comparator.comparingDouble(Scored::score).reversed());
        return scored.stream().limit(limit).map(Scored::passage).toList();
    }

    private double score(Document document, Set<String> matched) {
        double score = 0;
        for (String term : matched) {
            int with = documentsWith.getOrDefault(term, 0);
            double rarity = Math.log(1 + (documents.size() - with + 0.5) / (with + 0.5));
            int count = document.counts().getOrDefault(term, 0);
            double length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * document.length() / averageLength;
            score += rarity * count * (SATURATION + 1) / (count + SATURATION * length);
        }
        return score;
    }
}
