package dev.parley.gateway.shard;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.redis.RedisOperationStore;
import dev.parley.gateway.store.redis.RedisOptions;
import dev.parley.gateway.store.redis.RedisServer;
import dev.parley.ot.TextEdit;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sixteen people type into one draft in a real Redis, each again when the last edit was answered: at one node, and at several
 * nodes. {@code -Dparley.millis=N} makes each run N milliseconds long; the times are printed.
 */
class SharedDraftTest {
    private static final int WRITERS = 16;
    private static final int TEXT_LENGTH = 500;
    private static final String DRAFT = "first.1";

    private static RedisServer server;

    @BeforeAll
    static void startServer() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** A shard with a store and a thread of its own. */
    private static final class Node implements AutoCloseable {
        private final ThreadLoop loop = new ThreadLoop();
        private final RedisOperationStore store =
                RedisOperationStore.open(RedisOptions.of(server.uri(), Durability.DISK), System::nanoTime, nanos -> {});
        private final Shard shard = new Shard(
                loop,
                store,
                new Policy(),
                Limits.DEFAULT,
                new ShardLimits(1 << 26, 1_000, 1 << 24, 1_000, 1_024, 256),
                InstantSource.system(),
                new Inbox(store),
                () -> 1,
                (key, visitor) -> {},
                new Random());

        @Override
        public void close() {
            loop.close();
            store.close();
        }
    }

    /** Somebody at a node who knows how long the draft is. All on the node's thread. */
    private static class Writer implements Subscriber {
        private final ConversationKey key;
        private final Node node;
        private final Author author;
        private final long untilNanos;
        private final Random random = new Random();
        private final CompletableFuture<Writer> done = new CompletableFuture<>();
        private final List<Long> nanos = new ArrayList<>();
        private Position position = Position.START;
        private int length;
        private long seq;
        private long sinceNanos;

        Writer(ConversationKey key, Node node, String name, Role role, long untilNanos) {
            this.key = key;
            this.node = node;
            this.author = new Author(name, role, "");
            this.untilNanos = untilNanos;
        }

        @Override
        public Principal principal() {
            return new Principal(key.tenant(), author, Long.MAX_VALUE);
        }

        @Override
        public Loop loop() {
            return node.loop;
        }

        @Override
        public boolean isGone() {
            return false;
        }

        Writer open() {
            String kind = author.role() == Role.VISITOR ? "CHAT" : "";
            node.shard.open(new OpenRequest(key, kind, "chat", position, true, List.of(author.subject())), this);
            return this;
        }

        @Override
        public void deliver(Delivery delivery) {
            if (delivery instanceof Delivery.Opened opened) {
                catchUp(opened.catchUp());
                if (opened.outboxes().stream().anyMatch(row -> row.lastSeq() == seq)) {
                    answered();
                } else {
                    send(seq);
                }
            } else if (delivery instanceof Published published) {
                assertThat(published.from()).isLessThanOrEqualTo(position.revision());
                catchUp(published);
                for (LoggedEntry logged : published.entries()) {
                    if (logged.entry().submission().equals(id(seq))) {
                        answered();
                    }
                }
            } else if (delivery instanceof Delivery.Answered answered
                    && answered.answer() instanceof Answer.Refused again) {
                node.loop.after(again.delayMillis(), this::open);
            } else if (!(delivery instanceof Delivery.Delivered)) {
                done.completeExceptionally(new AssertionError(author + " was told " + delivery));
            }
        }

        private void catchUp(Delivery.CatchUp catchUp) {
            if (catchUp instanceof Published published) {
                for (LoggedEntry logged : published.entries()) {
                    if (logged.revision() > position.revision()) {
                        logged.entry().effects().forEach(this::count);
                    }
                }
            }
            position = catchUp.position().revision() > position.revision() ? catchUp.position() : position;
        }

        private void count(Effect effect) {
            if (effect instanceof Effect.EditText edit) {
                length += edit.edit().growth();
            }
        }

        private SubmissionId id(long number) {
            return new SubmissionId(author.subject(), number, number);
        }

        private void answered() {
            nanos.add(System.nanoTime() - sinceNanos);
            if (author.subject().equals("first") || System.nanoTime() - untilNanos > 0) {
                seq++;
                done.complete(this);
            } else {
                next();
            }
        }

        private void next() {
            sinceNanos = System.nanoTime();
            send(++seq);
        }

        private void send(long number) {
            if (number == 0) {
                next();
                return;
            }
            Operation operation;
            if (author.subject().equals("first")) {
                operation = new Operation.CreateBlock(DRAFT, BlockKind.DRAFT, View.STAFF, "", Attributes.NONE);
            } else {
                int deleted = length < TEXT_LENGTH ? 0 : 2;
                int at = random.nextInt(length + 1 - deleted);
                operation = new Operation.EditText(DRAFT, length, TextEdit.replace(at, deleted, "x"));
            }
            node.shard.submit(key, 1, new Submission(id(number), position, List.of(operation), 0), this);
        }
    }

    /** What it was like for everybody together. */
    private record Times(List<Long> sortedNanos, double seconds) {
        double millis(double quantile) {
            return sortedNanos.get((int) (quantile * (sortedNanos.size() - 1))) / 1e6;
        }

        @Override
        public String toString() {
            return "p50 %.1f ms, p99 %.1f ms, longest %.1f ms, %.0f a second"
                    .formatted(millis(0.5), millis(0.99), millis(1), sortedNanos.size() / seconds);
        }
    }

    private static Times type(String conversation, int nodeCount, long millis) {
        ConversationKey key = new ConversationKey("shop", conversation);
        List<Node> nodes = Stream.generate(Node::new).limit(nodeCount).toList();
        try {
            CompletableFuture<Boolean> opened = new CompletableFuture<>();
            Writer vera = new Writer(key, nodes.get(0), "vera", Role.VISITOR, 0) {
                @Override
                public void deliver(Delivery delivery) {
                    opened.complete(delivery instanceof Delivery.Opened);
                }
            };
            vera.open();
            assertThat(await(opened)).isTrue();
            await(new Writer(key, nodes.get(0), "first", Role.AGENT, 0).open().done);
            long startNanos = System.nanoTime();
            List<Writer> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Node node = nodes.get(i % nodeCount);
                long until = startNanos + TimeUnit.MILLISECONDS.toNanos(millis);
                writers.add(new Writer(key, node, "agent" + i, Role.AGENT, until).open());
            }
            writers.forEach(writer -> await(writer.done));
            double seconds = (System.nanoTime() - startNanos) / 1e9;

            List<Entry> log = await(nodes.get(0).store.read(key, 0, Long.MAX_VALUE)).stream()
                    .map(LoggedEntry::entry)
                    .toList();
            for (Writer writer : writers) {
                assertThat(log.stream().filter(entry -> entry.author().equals(writer.author)))
                        .extracting(entry -> entry.submission().seq())
                        .containsExactlyElementsOf(Stream.iterate(1L, n -> n + 1)
                                .limit(writer.nanos.size())
                                .toList());
            }
            assertThat(log).extracting(Entry::revision).doesNotHaveDuplicates().hasSize((int)
                    log.get(log.size() - 1).revision());
            return new Times(
                    writers.stream()
                            .flatMap(writer -> writer.nanos.stream())
                            .sorted()
                            .toList(),
                    seconds);
        } finally {
            nodes.forEach(Node::close);
        }
    }

    @Test
    void every_submission_is_answered_once_however_many_nodes_write_into_one_draft() {
        long millis = Long.getLong("parley.millis", 1_000);
        type("first-of-one", 1, millis);
        type("first-of-two", 2, millis);
        Times alone = type("one", 1, millis);
        System.out.println("one node, 16 writers: " + alone);
        for (int nodeCount : new int[] {2, 4}) {
            Times together = type("of-" + nodeCount, nodeCount, millis);
            System.out.printf(
                    "%d nodes, %d writers each: %s; p50 %.1f times, p99 %.1f times the single node's%n",
                    nodeCount,
                    WRITERS / nodeCount,
                    together,
                    together.millis(0.5) / alone.millis(0.5),
                    together.millis(0.99) / alone.millis(0.99));
        }
    }
}
