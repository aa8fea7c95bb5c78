package dev.parley.gateway.assistant;

import dev.parley.gateway.session.Tokens;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the assistant draft answers, a few at a time, on threads of its own. What it writes goes through the gateway's own
 * HTTP API, as from any other generator. For any thread.
 */
public final class Assistants implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Assistants.class);

    private static final int AT_ONCE = 4;
    private static final int WAITING_MAX = 64;
    private static final int TOKEN_DELAY_MILLIS = 25;
    private static final int DIALOG_LINES_MAX = 20;
    private static final int LINE_LENGTH_MAX = 4_000;
    private static final int PASSAGES = 3;

    private final Assistant assistant;
    private final OwnGateway gateway;
    private final Articles articles;
    private final ThreadPoolExecutor threads;

    public Assistants(AssistantConfig config, Supplier<InetSocketAddress> address, Tokens tokens) {
        assistant = config.url().isEmpty() ? new ArticleAssistant(TOKEN_DELAY_MILLIS) : new OpenAiAssistant(config);
        gateway = new OwnGateway(address, tokens);
        articles = new Articles(gateway);
        threads = new ThreadPoolExecutor(
                AT_ONCE, AT_ONCE, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(WAITING_MAX), task -> {
                    Thread thread = new Thread(task, "assistant");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Begins to draft an answer; the id of its run, or null if too many wait. */
    public @Nullable String assist(String tenant, String conversation, String onBehalfOf) {
        String run = UUID.randomUUID().toString();
        try {
            threads.execute(() -> draft(tenant, conversation, onBehalfOf, run));
            return run;
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    private void draft(String tenant, String conversation, String onBehalfOf, String run) {
        String path = "/v1/conversations/" + OwnGateway.encoded(conversation) + "/runs?run=" + run + "&onBehalfOf="
                + OwnGateway.encoded(onBehalfOf) + "&model=" + OwnGateway.encoded(assistant.model());
        try (RunPost post = gateway.run(tenant, path)) {
            try {
                assistant.answer(question(tenant, conversation), post);
            } catch (RunEndedException e) {
                return;
            } catch (IOException e) {
                LOG.warn("the assistant could not answer: {}", e.toString());
                post.write("[the assistant could not answer]");
            }
            int status = post.end();
            LOG.debug("run {} ended with {}", run, status);
        } catch (IOException | RuntimeException e) {
            LOG.warn("the assistant's run {} failed: {}", run, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Question question(String tenant, String conversation) throws IOException, InterruptedException {
        Map<String, Object> state = gateway.get(tenant, "/v1/conversations/" + OwnGateway.encoded(conversation));
        List<Question.Line> dialog = new ArrayList<>();
        for (Map<?, ?> block : OwnGateway.list(state, "blocks")) {
            String text = OwnGateway.text(block, "text");
            if (OwnGateway.text(block, "kind").equals("MESSAGE") && !text.isEmpty() && !Articles.isRecalled(block)) {
                boolean visitors = block.get("author") instanceof Map<?, ?> author
                        && OwnGateway.text(author, "role").equals("VISITOR");
                dialog.add(new Question.Line(visitors, shortened(text)));
            }
        }
        List<Question.Line> recent =
                List.copyOf(dialog.subList(Math.max(0, dialog.size() - DIALOG_LINES_MAX), dialog.size()));
        String asked = asked(recent);
        return new Question(recent, asked, articles.of(tenant).search(asked, PASSAGES));
    }

    private static String shortened(String text) {
        int length = text.codePointCount(0, text.length());
        return length <= LINE_LENGTH_MAX ? text : text.substring(0, text.offsetByCodePoints(0, LINE_LENGTH_MAX));
    }

    /** The visitor's last messages, up to the one that staff answered. */
    private static String asked(List<Question.Line> dialog) {
        List<String> asked = new ArrayList<>();
        for (int i = dialog.size() - 1; i >= 0; i--) {
            Question.Line line = dialog.get(i);
            if (line.isVisitors()) {
                asked.add(0, line.text());
            } else if (!asked.isEmpty()) {
                break;
            }
        }
        return String.join("\n", asked);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
