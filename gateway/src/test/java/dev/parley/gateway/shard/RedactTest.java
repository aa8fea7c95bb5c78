package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.rocksdb.RocksOperationStore;
import dev.parley.gateway.store.rocksdb.RocksOptions;
import dev.parley.ot.TextEdit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A redacted text is nowhere any more: through a real shard into a real folder. */
class RedactTest {
    private static final String CANARY = "canary-4929-1234";
    private static final ConversationKey KEY = new ConversationKey("shop", "c");
    private static final Author VERA = new Author("vera", Role.VISITOR, "Vera");
    private static final Author DANA = new Author("dana", Role.ADMIN, "Dana");

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final TimedLoop loop = new TimedLoop() {
        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            thread.execute(task);
        }

        @Override
        public void after(long delayMillis, Runnable task) {
            CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS, thread)
                    .execute(task);
        }
    };

    /** Somebody who waits for what the shard tells. */
    private final class Client implements Subscriber {
        private final Author author;
        private final LinkedBlockingQueue<Delivery> told = new LinkedBlockingQueue<>();
        private long seq;
        private Position position = Position.START;

        Client(Author author) {
            this.author = author;
        }

        @Override
        public Principal principal() {
            return new Principal("shop", author, Long.MAX_VALUE);
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void deliver(Delivery delivery) {
            told.add(delivery);
        }

        Delivery.Opened open(Shard shard, Position from) throws InterruptedException {
            String kind = author.role() == Role.VISITOR ? "CHAT" : "";
            shard.open(new OpenRequest(KEY, kind, "chat", from, false, List.of()), this);
            Delivery.Opened opened = await(Delivery.Opened.class);
            position = opened.catchUp().position();
            return opened;
        }

        long submit(Shard shard, Operation operation) throws InterruptedException {
            seq++;
            SubmissionId id = new SubmissionId(author.subject(), seq, seq);
            shard.submit(KEY, 1, new Submission(id, position, List.of(operation), 0), this);
            while (true) {
                Published published = await(Published.class);
                position = published.position();
                for (LoggedEntry entry : published.entries()) {
                    if (entry.entry().submission().equals(id)) {
                        return entry.revision();
                    }
                }
            }
        }

        private <D extends Delivery> D await(Class<D> kind) throws InterruptedException {
            while (true) {
                Delivery next = told.poll(60, TimeUnit.SECONDS);
                assertThat(next).as("something told within a minute").isNotNull();
                assertThat(next).isNotInstanceOf(Delivery.Answered.class);
                if (kind.isInstance(next)) {
                    return kind.cast(next);
                }
            }
        }
    }

    @AfterEach
    void end() {
        thread.shutdown();
    }

    @Test
    void aRedactedTextIsInNoFileNoCacheAndNoAnswerAndTheLogStillVerifies(@TempDir Path folder) throws Exception {
        RocksOperationStore store = open(folder);
        Shard shard = shard(store);
        Client vera = new Client(VERA);
        Client dana = new Client(DANA);
        vera.open(shard, Position.START);
        dana.open(shard, Position.START);
        vera.submit(shard, message("vera.1", "my card is "));
        vera.submit(shard, message("vera.2", "stays"));
        vera.submit(shard, edit("vera.1", 11, TextEdit.insert(11, CANARY)));
        dana.submit(shard, new Operation.MergeBlocks("vera.1", "vera.2"));
        long revision = dana.submit(shard, new Operation.Redact("vera.2"));
        store.purgeErased().toCompletableFuture().get(60, TimeUnit.SECONDS);

        assertThat(filesWith(folder, CANARY)).isEmpty();
        assertThat(new Client(DANA).open(shard, Position.START).toString()).doesNotContain(CANARY);
        List<LoggedEntry> log =
                store.read(KEY, 0, revision).toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertThat(log).hasSize((int) revision);
        assertThat(log.toString()).doesNotContain(CANARY);
        Delivery.Opened behind = new Client(DANA).open(shard, log.get(1).position());
        assertThat(behind.toString()).doesNotContain(CANARY);
        store.close();

        RocksOperationStore again = open(folder);
        assertThat(filesWith(folder, CANARY)).isEmpty();
        assertThat(new Client(DANA).open(shard(again), Position.START).toString())
                .doesNotContain(CANARY)
                .contains("erased=true");
        again.close();
    }

    @Test
    void textThatIsNoLongerInMemoryIsRedactedInTheLogToo(@TempDir Path folder) throws Exception {
        RocksOperationStore store = open(folder);
        Shard shard = shard(store);
        Client vera = new Client(VERA);
        vera.open(shard, Position.START);
        vera.submit(shard, message("vera.1", CANARY));
        for (int i = 0; i < 40; i++) {
            vera.submit(shard, new Operation.SetAttribute("vera.1", "reaction/x/vera", Integer.toString(i + 1)));
        }
        Shard restarted = shard(store);
        Client dana = new Client(DANA);
        dana.open(restarted, Position.START);
        dana.submit(restarted, new Operation.Redact("vera.1"));
        store.purgeErased().toCompletableFuture().get(60, TimeUnit.SECONDS);

        assertThat(filesWith(folder, CANARY)).isEmpty();
        store.close();
    }

    private static RocksOperationStore open(Path folder) {
        return RocksOperationStore.open(RocksOptions.of(folder, Durability.DISK), System::nanoTime, nanos -> {});
    }

    private Shard shard(RocksOperationStore store) {
        return new Shard(
                loop,
                store,
                new Policy(),
                Limits.DEFAULT,
                new ShardLimits(1 << 20, 100, 1 << 20, 1_000, 16, 8),
                InstantSource.system(),
                new Inbox(store),
                () -> 1,
                (key, visitor) -> {},
                new SplittableRandom(1));
    }

    private static Operation message(String id, String text) {
        return new Operation.CreateBlock(id, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE);
    }

    private static Operation edit(String id, int length, TextEdit edit) {
        return new Operation.EditText(id, length, edit);
    }

    private static List<Path> filesWith(Path folder, String text) throws IOException {
        byte[] canary = text.getBytes(StandardCharsets.UTF_8);
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                if (bytes.contains(new String(canary, StandardCharsets.ISO_8859_1))) {
                    found.add(file);
                }
            }
        }
        return found;
    }
}
