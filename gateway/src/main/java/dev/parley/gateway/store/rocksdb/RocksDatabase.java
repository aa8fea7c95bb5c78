package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.StoreOpenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Statistics;
import org.rocksdb.Status;
import org.rocksdb.TickerType;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * The open RocksDB with all native objects that belong to it, freed in reverse order of their making. A call into a freed
 * one kills the process, so the owner ends its threads before it closes this.
 */
final class RocksDatabase implements AutoCloseable {
    private static final String LOCK = "gateway.lock";

    /** Made in this order: where entries are and an earlier one is not, an older gateway made them. */
    private static final List<String> FAMILIES =
            List.of("snapshots", "blocks", "erasures", "entries", "heads", "outboxes", "visitors", "inbox");

    private static final Set<String> HINTED = Set.of("entries", "heads");
    /** Ids of conversations have 22 bytes and a terminator of two: so much of a key is of one conversation at most. */
    private static final String HINT_PREFIX = "rocksdb.CappedPrefix.24";

    final RocksDB rocks;
    final Path folder;
    final List<ColumnFamilyHandle> families;
    final ColumnFamilyHandle snapshots;
    final ColumnFamilyHandle blocks;

    /** What was replaced and still has to go from the files: by conversation and where its log ended then. */
    final ColumnFamilyHandle erasures;

    final ColumnFamilyHandle entries;
    final ColumnFamilyHandle heads;
    final ColumnFamilyHandle outboxes;
    final ColumnFamilyHandle visitors;
    final ColumnFamilyHandle inbox;
    final WriteOptions writeOptions;

    private final Deque<AbstractImmutableNativeReference> natives;
    private final FileChannel lock;
    private final Statistics statistics;
    private final Cache blockCache;
    private @Nullable RocksStatistics last;

    private RocksDatabase(RocksOptions options, FileChannel lock, Deque<AbstractImmutableNativeReference> natives)
            throws RocksDBException {
        this.lock = lock;
        this.natives = natives;
        statistics = owned(new Statistics());
        blockCache = owned(new LRUCache(options.blockCacheBytes()));
        writeOptions = owned(new WriteOptions().setSync(options.durability() == Durability.DISK));
        ColumnFamilyOptions familyOptions = configured(new ColumnFamilyOptions(), options);
        ColumnFamilyOptions hintedOptions = configured(hinted(), options);
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions));
        for (String name : FAMILIES) {
            descriptors.add(new ColumnFamilyDescriptor(
                    name.getBytes(StandardCharsets.UTF_8), HINTED.contains(name) ? hintedOptions : familyOptions));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        folder = options.folder();
        rocks = owned(RocksDB.open(databaseOptions(options), folder.toString(), descriptors, handles));
        families = List.copyOf(handles);
        snapshots = handles.get(1);
        blocks = handles.get(2);
        erasures = handles.get(3);
        entries = handles.get(4);
        heads = handles.get(5);
        outboxes = handles.get(6);
        visitors = handles.get(7);
        inbox = handles.get(8);
    }

    static RocksDatabase open(RocksOptions options) {
        loadLibrary();
        Path folder = options.folder();
        Deque<AbstractImmutableNativeReference> natives = new ArrayDeque<>();
        @Nullable FileChannel lock = null;
        boolean open = false;
        try {
            create(folder);
            lock = lock(folder);
            requireOurFormat(folder);
            Optional<String> damage = WalVerifier.damage(folder);
            if (damage.isPresent()) {
                throw new DamagedStoreException(folder, damage.get());
            }
            RocksDatabase database = new RocksDatabase(options, lock, natives);
            open = true;
            return database;
        } catch (RocksDBException e) {
            if (isCorruption(e)) {
                throw new DamagedStoreException(folder, "RocksDB says " + e.getMessage());
            }
            throw new StoreOpenException("the store in " + folder + " cannot be opened: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StoreOpenException("the store in " + folder + " cannot be opened: " + e.getMessage(), e);
        } finally {
            if (!open) {
                free(natives, lock);
            }
        }
    }

    static boolean isCorruption(RocksDBException e) {
        return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
    }

    synchronized RocksStatistics statistics() {
        if (last != null) {
            return last;
        }
        return new RocksStatistics(
                statistics.getTickerCount(TickerType.WAL_FILE_SYNCED),
                statistics.getTickerCount(TickerType.WAL_FILE_BYTES),
                statistics.getTickerCount(TickerType.BYTES_WRITTEN),
                statistics.getTickerCount(TickerType.STALL_MICROS),
                statistics.getTickerCount(TickerType.BLOCK_CACHE_HIT),
                statistics.getTickerCount(TickerType.BLOCK_CACHE_MISS),
                blockCache.getUsage());
    }

    @Override
    public synchronized void close() {
        if (last == null) {
            last = statistics();
            free(natives, lock);
        }
    }

    private static void loadLibrary() {
        try {
            RocksDB.loadLibrary();
        } catch (LinkageError | RuntimeException e) {
            throw new StoreOpenException(
                    "the native library of RocksDB cannot be loaded on " + System.getProperty("os.name") + "/"
                            + System.getProperty("os.arch") + " with the temporary folder "
                            + System.getProperty("java.io.tmpdir")
                            + " (it must exist, be writable and allow programs; set ROCKSDB_SHAREDLIB_DIR or"
                            + " -Djava.io.tmpdir to one that does)",
                    e);
        }
    }

    /** The folder's own name must survive a power cut too, or all of the store is gone with it. */
    private static void create(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            create(parent);
        }
        Files.createDirectory(folder);
        if (parent != null) {
            try (FileChannel names = FileChannel.open(parent, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    /** Opening a folder adds what it lacks, after which the gateway that wrote it can open it no more. */
    private static void requireOurFormat(Path folder) throws RocksDBException {
        if (!Files.exists(folder.resolve("CURRENT"))) {
            return;
        }
        Set<String> found = new HashSet<>();
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, folder.toString())) {
                found.add(new String(name, StandardCharsets.UTF_8));
            }
        }
        if (found.contains("entries") && !found.contains("erasures")) {
            throw new StoreOpenException("the store in " + folder + " was written by an older gateway, in a format that"
                    + " this one does not read, and was left as it is");
        }
    }

    /**
     * RocksDB has a lock of its own, but takes it while it opens. The log is looked through before that, and not while
     * another gateway writes it.
     */
    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw new StoreInUseException(folder);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new StoreInUseException(folder);
        }
        return channel;
    }

    /**
     * Each family that gets a row with every entry keeps in memory where the last one of a conversation went, and the next one
     * is put beside it instead of being looked for among all others. The Java interface has no setter for this one.
     */
    private static ColumnFamilyOptions hinted() {
        Properties hinted = new Properties();
        hinted.setProperty("memtable_insert_with_hint_prefix_extractor", HINT_PREFIX);
        return Objects.requireNonNull(ColumnFamilyOptions.getColumnFamilyOptionsFromProps(hinted));
    }

    private ColumnFamilyOptions configured(ColumnFamilyOptions familyOptions, RocksOptions options) {
        return owned(familyOptions)
                .setWriteBufferSize(options.writeBufferBytes() / 2)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(blockCache)
                        .setCacheIndexAndFilterBlocks(true)
                        .setPinL0FilterAndIndexBlocksInCache(true)
                        .setFilterPolicy(owned(new BloomFilter(10))));
    }

    private DBOptions databaseOptions(RocksOptions options) {
        // The Java interface has no setter for this one. It notices a log that is missing or was cut.
        Properties verified = new Properties();
        verified.setProperty("track_and_verify_wals_in_manifest", "true");
        return owned(DBOptions.getDBOptionsFromProps(verified))
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                // The default drops acknowledged records at the first damaged one and starts.
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setWriteBufferManager(owned(new WriteBufferManager(options.writeBufferBytes(), blockCache)))
                .setMaxTotalWalSize(2 * options.writeBufferBytes())
                .setMaxOpenFiles(options.filesOpenMax())
                .setBytesPerSync(1 << 20)
                .setStatistics(statistics)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(4);
    }

    private <N extends AbstractImmutableNativeReference> N owned(N object) {
        natives.push(object);
        return object;
    }

    private static void free(Deque<AbstractImmutableNativeReference> natives, @Nullable FileChannel lock) {
        while (!natives.isEmpty()) {
            natives.pop().close();
        }
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
