package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Every damage to a log of acknowledged entries is noticed, by the verifier or by RocksDB after it. */
@ExtendWith(Seed.Resolver.class)
class WalVerifierTest {
    private static final int ENTRIES = 6;
    private static final int RECORD_HEADER_BYTES = 7;

    @TempDir
    private Path temp;

    private final LogWriter writer = LogWriter.of("tenant", "conversation");
    private Path original;
    /** Where the log ended after each acknowledgement. */
    private final List<Long> ends = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        original = temp.resolve("original");
        try (RocksOperationStore store = RocksStores.open(original)) {
            for (int i = 0; i < ENTRIES; i++) {
                RocksStores.store(store, writer.append("text " + i));
                ends.add(Files.size(Folders.newestLog(original)));
            }
        }
    }

    private Path damaged() throws IOException {
        return Folders.copy(original, temp.resolve("damaged"));
    }

    private int entries(Path folder) {
        try (RocksOperationStore store = RocksStores.open(folder)) {
            return await(store.load(writer.key())).entries().size();
        }
    }

    @Test
    void a_whole_log_is_not_damaged() throws IOException {
        assertThat(WalVerifier.damage(original)).isEmpty();
        assertThat(entries(original)).isEqualTo(ENTRIES);
    }

    @Test
    void a_log_of_many_blocks_is_not_damaged() throws IOException {
        Path folder = temp.resolve("large");
        try (RocksOperationStore store = RocksStores.open(folder)) {
            LogWriter large = LogWriter.of("tenant", "large");
            for (int i = 0; i < 200; i++) {
                RocksStores.store(store, large.append("x".repeat(i * i * 7 % 90_001)));
            }
        }
        assertThat(Files.size(Folders.newestLog(folder))).isGreaterThan(100 * 32 * 1024);
        assertThat(WalVerifier.damage(folder)).isEmpty();
    }

    @Test
    void a_log_that_ends_anywhere_within_its_last_record_opens_without_that_record() throws IOException {
        long from = ends.get(ENTRIES - 2);
        long to = ends.get(ENTRIES - 1);
        for (long end = from; end < to; end += 67) {
            Path folder = damaged();
            Folders.cut(Folders.newestLog(folder), end);
            assertThat(WalVerifier.damage(folder)).isEmpty();
            assertThat(entries(folder)).isEqualTo(ENTRIES - 1);
        }
    }

    @Test
    void a_torn_log_that_was_replayed_but_not_yet_deleted_does_not_stop_the_start() throws IOException {
        Path folder = damaged();
        Path torn = Folders.newestLog(folder);
        Folders.cut(torn, ends.get(ENTRIES - 1) - 1);
        byte[] bytes = Files.readAllBytes(torn);
        assertThat(entries(folder)).isEqualTo(ENTRIES - 1);
        assertThat(torn).doesNotExist();
        Files.write(torn, bytes);
        assertThat(entries(folder)).isEqualTo(ENTRIES - 1);
    }

    @Test
    void zeros_after_the_last_record_are_no_damage() throws IOException {
        Path folder = damaged();
        Files.write(Folders.newestLog(folder), new byte[40_000], StandardOpenOption.APPEND);
        assertThat(WalVerifier.damage(folder)).isEmpty();
        assertThat(entries(folder)).isEqualTo(ENTRIES);
    }

    @Test
    void a_flipped_byte_in_the_middle_stops_the_start_and_nothing_is_modified() throws IOException {
        Path folder = damaged();
        Folders.flip(Folders.newestLog(folder), ends.get(ENTRIES / 2) + 40, 0xFF);
        SortedMap<String, Long> before = Folders.checksums(folder);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> RocksStores.open(folder))
                    .isInstanceOf(DamagedStoreException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("is damaged and was left as it is")
                    .hasMessageContaining("restore a backup");
            assertThat(Folders.checksums(folder)).isEqualTo(before);
        }
    }

    /** RocksDB alone takes these for a torn tail, opens, and has lost acknowledged entries. */
    @Test
    void a_length_that_reaches_past_the_end_stops_the_start() throws IOException {
        for (int record : new int[] {0, 1, ENTRIES / 2, ENTRIES - 2, ENTRIES - 1}) {
            long start = record == 0 ? 0 : ends.get(record - 1);
            Path folder = damaged();
            Folders.flip(Folders.newestLog(folder), start + RECORD_HEADER_BYTES - 2, 0x80);
            assertThatThrownBy(() -> RocksStores.open(folder))
                    .as("record %d", record)
                    .isInstanceOf(DamagedStoreException.class);
        }
    }

    @Test
    void no_flipped_bits_lose_an_entry_without_a_word(Seed seed) throws IOException {
        SplittableRandom random = seed.random();
        int opensLeft = Integer.getInteger("parley.rounds", 1) * 12;
        Path folder = damaged();
        Path log = Folders.newestLog(folder);
        byte[] whole = Files.readAllBytes(log);
        List<int[]> unnoticed = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            for (int offset = 0; offset < whole.length; offset++) {
                for (int bits : new int[] {0x01, 0x80, 1 + random.nextInt(0xFF)}) {
                    byte flipped = (byte) (whole[offset] ^ bits);
                    channel.write(ByteBuffer.wrap(new byte[] {flipped}), offset);
                    if (WalVerifier.damage(folder).isEmpty()) {
                        unnoticed.add(new int[] {offset, bits});
                    }
                }
                channel.write(ByteBuffer.wrap(whole, offset, 1), offset);
            }
        }
        assertThat(WalVerifier.damage(folder)).isEmpty();
        assertThat(unnoticed)
                .as("only in the last record, where RocksDB itself compares the checksum")
                .allSatisfy(flip -> assertThat((long) flip[0]).isGreaterThanOrEqualTo(ends.get(ENTRIES - 2)));
        for (; opensLeft > 0; opensLeft--) {
            int[] flip = unnoticed.get(random.nextInt(unnoticed.size()));
            Path copy = damaged();
            Folders.flip(Folders.newestLog(copy), flip[0], flip[1]);
            try {
                assertThat(entries(copy))
                        .as("flipped %x at %d", flip[1], flip[0])
                        .isEqualTo(ENTRIES);
            } catch (DamagedStoreException e) {
                assertThat(e).hasMessageContaining("is damaged");
            }
        }
    }

    @Test
    void no_damaged_header_within_a_record_of_many_blocks_loses_that_record(Seed seed) throws IOException {
        SplittableRandom random = seed.random();
        int block = 32 * 1024;
        LogWriter large = LogWriter.of("tenant", "large");
        Path folder = temp.resolve("many blocks");
        try (RocksOperationStore store = RocksStores.open(folder)) {
            RocksStores.store(store, LogWriter.of("tenant", "small").append("text"));
            RocksStores.store(store, large.append("x".repeat(3 * block)));
        }
        long size = Files.size(Folders.newestLog(folder));
        for (int round = Integer.getInteger("parley.rounds", 1) * 8; round > 0; round--) {
            Path copy = Folders.copy(folder, temp.resolve("damaged"));
            int blocks = Math.toIntExact(size / block);
            int offset = block * (1 + random.nextInt(blocks)) + random.nextInt(RECORD_HEADER_BYTES);
            int bits = 1 + random.nextInt(0xFF);
            Folders.flip(Folders.newestLog(copy), offset, bits);
            try (RocksOperationStore store = RocksStores.open(copy)) {
                assertThat(await(store.load(large.key())).entries())
                        .as("flipped %x at %d", bits, offset)
                        .hasSize(1);
            } catch (DamagedStoreException e) {
                assertThat(e).hasMessageContaining("is damaged");
            }
        }
    }
}
