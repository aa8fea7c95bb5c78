package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether an acknowledgement came after a sync of its bytes, by RocksDB's own count of syncs. */
class RocksSyncTest {
    private static final int APPENDS = 200;

    @TempDir
    private Path folder;

    /** How many of {@link #APPENDS} acknowledgements, one after the other, came without a sync since the call. */
    private int unsyncedOneByOne(Durability durability) {
        int unsynced = 0;
        try (RocksOperationStore store = RocksStores.open(RocksOptions.of(folder, durability))) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            for (int i = 0; i < APPENDS; i++) {
                long before = store.statistics().walSyncs();
                RocksStores.store(store, writer.append("text " + i));
                if (store.statistics().walSyncs() == before) {
                    unsynced++;
                }
            }
        }
        return unsynced;
    }

    /** The same for acknowledgements of appends in flight together: there were fewer syncs than commits. */
    private int unsyncedTogether(Durability durability) {
        AtomicInteger unsynced = new AtomicInteger();
        try (RocksOperationStore store = RocksStores.open(RocksOptions.of(folder, durability))) {
            long before = store.statistics().walSyncs();
            List<CompletionStage<Void>> answered = new ArrayList<>();
            for (int i = 0; i < APPENDS; i++) {
                LogWriter writer = LogWriter.of("tenant", "conversation " + i);
                answered.add(store.append(List.of(writer.append("text"))).thenAccept(results -> {
                    assertThat(results).containsExactly(AppendResult.STORED);
                    if (store.statistics().walSyncs() - before < store.commits()) {
                        unsynced.incrementAndGet();
                    }
                }));
            }
            answered.forEach(stage -> await(stage.thenApply(nothing -> "answered")));
        }
        return unsynced.get();
    }

    @Test
    void at_durability_disk_each_acknowledgement_comes_after_a_sync() {
        assertThat(unsyncedOneByOne(Durability.DISK)).isZero();
    }

    @Test
    void at_durability_disk_each_commit_is_synced_before_any_of_its_appends_is_acknowledged() {
        assertThat(unsyncedTogether(Durability.DISK)).isZero();
    }

    @Test
    void without_the_sync_these_checks_would_fail() {
        assertThat(unsyncedOneByOne(Durability.PROCESS)).isGreaterThan(APPENDS / 2);
    }

    @Test
    void without_the_sync_the_check_of_commits_would_fail() {
        assertThat(unsyncedTogether(Durability.PROCESS)).isGreaterThan(APPENDS / 2);
    }
}
