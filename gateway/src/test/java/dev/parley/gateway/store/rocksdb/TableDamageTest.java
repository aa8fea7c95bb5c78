package dev.parley.gateway.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.StoreOpenException;
import dev.parley.gateway.store.StoredConversation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Damage to RocksDB's table files. */
@ExtendWith(Seed.Resolver.class)
class TableDamageTest {
    private static final byte[] START = {};

    @TempDir
    private Path folder;

    @Test
    void a_flipped_byte_in_a_table_never_shortens_a_log_without_a_word(Seed seed) throws IOException {
        SplittableRandom random = seed.random();
        List<LogWriter> writers = new ArrayList<>();
        RocksOptions options = RocksOptions.of(folder.resolve("original"), Durability.PROCESS);
        try (RocksOperationStore store = RocksStores.open(options)) {
            for (int i = 0; i < 10; i++) {
                LogWriter writer = LogWriter.of("tenant", "conversation " + i);
                writers.add(writer);
                byte[] noise = new byte[1_000];
                for (int n = 0; n < 10; n++) {
                    random.nextBytes(noise);
                    RocksStores.store(store, writer.append(new String(noise, StandardCharsets.ISO_8859_1)));
                }
            }
        }
        RocksStores.open(options).close();
        List<Path> tables = Folders.files(options.folder()).stream()
                .filter(file -> file.toString().endsWith(".sst"))
                .toList();
        assertThat(tables).isNotEmpty();
        int rounds = Integer.getInteger("parley.rounds", 4);
        int noticed = 0;
        for (int round = 0; round < rounds; round++) {
            Path copy = Folders.copy(options.folder(), folder.resolve("copy"));
            Path table = copy.resolve(tables.get(random.nextInt(tables.size())).getFileName());
            Folders.flip(table, random.nextLong(Files.size(table)), 1 + random.nextInt(0xFF));
            noticed += noticedDamage(copy, writers);
        }
        System.out.println(noticed + " of " + rounds + " flipped bytes met a reader");
    }

    /** 1 if the damage was noticed, 0 if nothing is wrong with what is read. */
    private static int noticedDamage(Path copy, List<LogWriter> writers) {
        int noticed = 0;
        try (RocksOperationStore store = RocksStores.open(copy)) {
            for (LogWriter writer : writers) {
                try {
                    StoredConversation stored =
                            store.load(writer.key()).toCompletableFuture().join();
                    List<LoggedEntry> entries = stored.entries();
                    assertThat(entries).hasSize(10);
                    assertThat(entries.get(9).position()).isEqualTo(writer.position());
                    assertThat(stored.outboxRows()).containsExactly(writer.row(null));
                } catch (CompletionException e) {
                    assertThat(e.getCause()).isInstanceOf(DamagedLogException.class);
                    noticed = 1;
                }
            }
            try {
                assertThat(store.inbox("tenant", ConversationSummary.CHAT, START, 100)
                                .toCompletableFuture()
                                .join()
                                .rows())
                        .hasSize(writers.size());
            } catch (CompletionException e) {
                assertThat(e.getCause()).isInstanceOf(UncheckedIOException.class);
                noticed = 1;
            }
        } catch (StoreOpenException e) {
            noticed = 1;
        }
        return noticed;
    }
}
