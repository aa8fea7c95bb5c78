package dev.parley.gateway;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.http.DemoRoute;
import dev.parley.gateway.session.NamedConversation;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.OpenRequest;
import dev.parley.gateway.shard.ShardGroup;
import dev.parley.gateway.shard.Subscriber;
import dev.parley.gateway.store.ConversationKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the demo's shop its articles and answer templates: one conversation a file, its sections in one submission that
 * counts once over all starts. On one loop, but for {@link #isGone}.
 */
final class DemoArticles implements Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(DemoArticles.class);

    private static final List<String> FILES =
            List.of("delivery", "returns", "payment", "templates", "delivery-zh", "templates-zh");
    private static final String TEMPLATES = "tag/template";
    private static final Author SHOP = new Author("shop", Role.SERVICE, "Demo shop");

    private final ShardGroup shards;
    private final Loop loop;
    private final Principal principal = new Principal(DemoRoute.TENANT, SHOP, Long.MAX_VALUE);
    private final List<String> left = new ArrayList<>(FILES);

    private record Article(String title, boolean templates, List<String> sections) {}

    DemoArticles(ShardGroup shards, Loop loop) {
        this.shards = shards;
        this.loop = loop;
    }

    void seed() {
        loop.execute(this::next);
    }

    private void next() {
        if (left.isEmpty()) {
            return;
        }
        ConversationKey key = key(left.get(0));
        shards.of(key)
                .open(
                        new OpenRequest(
                                key, ConversationSummary.ARTICLE, left.get(0), Position.START, false, List.of()),
                        this);
    }

    private static ConversationKey key(String name) {
        return new ConversationKey(DemoRoute.TENANT, NamedConversation.article(DemoRoute.TENANT, name));
    }

    @Override
    public void deliver(Delivery delivery) {
        if (delivery instanceof Delivery.Opened opened && !left.isEmpty()) {
            String name = left.remove(0);
            write(opened, name, read(name));
            shards.of(opened.key()).leave(opened.key(), this);
            next();
        } else if (delivery instanceof Delivery.OpenFailed failed) {
            LOG.warn("the demo's articles are not written: {}", failed.failure());
        }
    }

    private void write(Delivery.Opened opened, String name, Article article) {
        String outbox = "demo-" + name;
        List<Operation> operations = new ArrayList<>();
        operations.add(new Operation.SetAttribute("", Attributes.TITLE, article.title()));
        if (article.templates()) {
            operations.add(new Operation.SetAttribute("", TEMPLATES, "1"));
        }
        for (String section : article.sections()) {
            operations.add(new Operation.CreateBlock(
                    outbox + "." + operations.size(), BlockKind.SECTION, View.STAFF, section, Attributes.NONE));
        }
        shards.of(opened.key())
                .submit(
                        opened.key(),
                        opened.handle(),
                        new Submission(
                                new SubmissionId(outbox, 1, 1), opened.catchUp().position(), operations, 0),
                        this);
    }

    /** {@code # title}, {@code ## heading}, and text. */
    private static Article read(String name) {
        try (InputStream file = DemoArticles.class.getResourceAsStream("articles/" + name + ".md")) {
            if (file == null) {
                throw new IllegalStateException("no article " + name);
            }
            String[] parts = new String(file.readAllBytes(), StandardCharsets.UTF_8).split("(?m)^#{1,2} ", -1);
            List<String> sections = new ArrayList<>();
            for (int i = 2; i < parts.length; i++) {
                sections.add(parts[i].strip());
            }
            return new Article(parts[1].strip(), name.startsWith("templates"), sections);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public boolean isGone() {
        return false;
    }
}
