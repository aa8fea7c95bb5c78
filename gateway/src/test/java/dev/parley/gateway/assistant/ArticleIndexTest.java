package dev.parley.gateway.assistant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArticleIndexTest {
    private final ArticleIndex index = new ArticleIndex(List.of(
            Passage.of("Delivery", "When will my parcel arrive?\nParcels take two to three working days."),
            Passage.of("Delivery", "What does shipping cost?\nShipping is free for orders over 50 euros."),
            Passage.of("Returns", "How do I return something?\nYou may return anything within 30 days."),
            Passage.of("配送", "包裹什么时候送达？\n国内包裹两到三个工作日送达。"),
            Passage.of("配送", "如何退货？\n收到商品后 30 天内可以退货。")));

    @Test
    void aQuestionFindsTheSectionThatAnswersIt() {
        assertThat(best("Hi, when does my parcel arrive?")).isEqualTo("When will my parcel arrive?");
        assertThat(best("how much are the shipping costs please")).isEqualTo("What does shipping cost?");
        assertThat(best("I want to RETURN it")).isEqualTo("How do I return something?");
    }

    @Test
    void aChineseQuestionFindsTheChineseSection() {
        assertThat(best("你好，我的包裹什么时候到？")).isEqualTo("包裹什么时候送达？");
        assertThat(best("我想退货")).isEqualTo("如何退货？");
    }

    @Test
    void whatNoArticleIsAboutFindsNothing() {
        for (String question : List.of("", "Do you sell bicycles?", "hello, can you please help me", "你们卖自行车吗", "?!")) {
            assertThat(index.search(question, 3)).as(question).isEmpty();
        }
        assertThat(new ArticleIndex(List.of()).search("parcel", 3)).isEmpty();
    }

    private String best(String question) {
        return index.search(question, 3).get(0).heading();
    }
}
