package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.LogWriter.block;

import dev.parley.conversation.Position;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.StoreOpenException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A process that appends to a store until it is killed or the store fails, and prints what was acknowledged:
 *
 * <pre>
 * open
 * stored &lt;conversation&gt; &lt;revision&gt; &lt;head&gt;
 * failed &lt;exception&gt; healthy=&lt;boolean&gt; later=&lt;exception&gt; load=&lt;entries&gt;
 * </pre>
 *
 * Arguments: folder, durability, number of conversations, appends in flight. A store that does not open is one line.
 */
public final class StoreWriterMain {
    static final String TENANT = "tenant";

    private StoreWriterMain() {}

    static ConversationKey conversation(int number) {
        return new ConversationKey(TENANT, "conversation-" + number);
    }

    public static void main(String[] arguments) throws InterruptedException {
        PrintStream out = System.out;
        System.setOut(System.err); // what is logged is not for who reads this process
        RocksOptions options = RocksOptions.of(Path.of(arguments[0]), Durability.valueOf(arguments[1]));
        RocksOperationStore store;
        try {
            store = RocksOperationStore.open(options, System::nanoTime, nanos -> {});
        } catch (StoreOpenException e) {
            out.println(e);
            return;
        }
        int conversations = Integer.parseInt(arguments[2]);
        List<LogWriter> writers = new ArrayList<>();
        for (int i = 0; i < conversations; i++) {
            ConversationKey key = conversation(i);
            writers.add(
                    LogWriter.after(key, store.load(key).toCompletableFuture().join()));
        }
        out.println("open");
        append(store, writers, new Semaphore(Integer.parseInt(arguments[3])), out);
    }

    private static void append(RocksOperationStore store, List<LogWriter> writers, Semaphore inFlight, PrintStream out)
            throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (int n = 0; failure.get() == null; n++) {
            inFlight.acquire();
            int conversation = n % writers.size();
            LogWriter writer = writers.get(conversation);
            Append text = writer.append("text " + n);
            long revision = writer.position().revision();
            // Every tenth entry has a snapshot: two blocks, one of which changed.
            Append append = revision % 10 > 0
                    ? text
                    : LogWriter.with(
                            text,
                            revision == 10
                                    ? writer.snapshot(0, 2, block("a", "text", 1), block("b", "text 10", 10))
                                    : writer.snapshot(revision - 10, 2, block("b", "text " + revision, revision)));
            Position position = writer.position();
            store.append(List.of(append)).whenComplete((results, failed) -> {
                if (failed != null) {
                    failure.set(failed);
                } else if (!results.equals(List.of(AppendResult.STORED))) {
                    failure.set(new IllegalStateException("unexpected " + results));
                } else {
                    out.println("stored " + conversation + " " + position.revision() + " "
                            + Long.toHexString(position.head()));
                }
                inFlight.release();
            });
        }
        LogWriter another = LogWriter.of(TENANT, "after the failure");
        out.println("failed " + nameOf(failure.get()) + " healthy=" + store.isHealthy() + " later="
                + failureOf(store, another) + " load="
                + store.load(conversation(0))
                        .toCompletableFuture()
                        .join()
                        .entries()
                        .size());
        store.close();
    }

    private static String failureOf(RocksOperationStore store, LogWriter writer) {
        try {
            return store.append(List.of(writer.append("text")))
                    .toCompletableFuture()
                    .join()
                    .toString();
        } catch (CompletionException e) {
            return nameOf(e.getCause());
        }
    }

    private static String nameOf(@Nullable Throwable failure) {
        return failure == null ? "nothing" : failure.getClass().getSimpleName();
    }
}
