package dev.parley.gateway.assistant;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers with what the tenant's articles say, names the place, and says so when there is none. It needs no model and no
 * outside service. On a thread of {@link Assistants}.
 */
final class ArticleAssistant implements Assistant {
    private static final int ANSWER_LENGTH_MAX = 800;
    private static final Pattern SENTENCE =
            Pattern.compile("[^.!?。！？\\n]+(?:[.!?]+(?=\\s|$)|[.!?]+|[。！？]+|\\n+|$)\\s*");
    private static final Pattern TOKEN = Pattern.compile("\\s*\\p{IsHan}{1,2}|\\s*[^\\s\\p{IsHan}]+|\\s+");

    private final int tokenDelayMillis;

    /** {@code tokenDelayMillis}: as fast as one can follow. */
    ArticleAssistant(int tokenDelayMillis) {
        this.tokenDelayMillis = tokenDelayMillis;
    }

    @Override
    public String model() {
        return "articles";
    }

    @Override
    public void answer(Question question, TokenSink sink) throws IOException, InterruptedException {
        Matcher tokens = TOKEN.matcher(text(question));
        while (tokens.find()) {
            sink.write(tokens.group());
            Thread.sleep(tokenDelayMillis);
        }
    }

    private static String text(Question question) {
        boolean chinese = Terms.isChinese(question.asked());
        if (question.found().isEmpty()) {
            return chinese ? "知识库的文章里没有找到相关内容。" : "I found nothing about this in the articles.";
        }
        Passage best = question.found().get(0);
        String source = best.heading().isEmpty() ? "" : (chinese ? "，" : ", ") + best.heading();
        return String.join("", sentences(best.text())).strip()
                + (chinese
                        ? "\n\n（来源：《" + best.article() + "》" + source + "）"
                        : "\n\n(Source: " + best.article() + source + ")");
    }

    /** As many whole sentences as an answer should have. */
    private static List<String> sentences(String text) {
        List<String> sentences = new ArrayList<>();
        Matcher matcher = SENTENCE.matcher(text);
        int length = 0;
        while (matcher.find() && (length == 0 || length + matcher.group().length() <= ANSWER_LENGTH_MAX)) {
            sentences.add(matcher.group());
            length += matcher.group().length();
        }
        return sentences;
    }
}
