package io.holdfast.store;

import io.holdfast.engine.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.ChecksumType;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Statistics;
import org.rocksdb.StatsLevel;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One open RocksDB with its families and settings, and its errors as ours.
 * <p>
 * Reads may come from any thread, writes from one. Nothing may be called during or after {@link #close}: RocksDB would bring
 * the process down.
 */
final class Database implements AutoCloseable {

    /** Tables held open; RocksDB opens others when it needs them. */
    private static final int MAX_OPEN_FILES = 1_000;
    private static final int BACKGROUND_JOBS = 2;
    private static final int INFO_LOGS = 4;
    private static final long INFO_LOG_BYTES = 4L << 20;
    private static final int TABLE_FORMAT = 6;
    private static final long ARCHIVE_BLOCK_BYTES = 32L << 10;
    private static final long BLOCK_BYTES = 16L << 10;
    private static final long GIDS_BLOCK_BYTES = 4L << 10;
    private static final long READ_AHEAD_BYTES = 2L << 20;
    /** The most that RocksDB takes: a buffer of this size is flushed on demand only. */
    private static final long UNBOUNDED_BYTES = 64L << 30;

    static {
        RocksDB.loadLibrary();
    }

    private enum Mode {
        CREATE, OPEN, READ
    }

    private final Path directory;
    private final String described;
    private final StoreErrors errors;
    /** What RocksDB needs as long as it is open, in the order of making. */
    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    private final Map<Family, ColumnFamilyHandle> handles = new EnumMap<>(Family.class);
    private final int[] familyIds = new int[Family.values().length];
    private final Statistics statistics;
    private final WriteOptions writeOptions;
    private final ReadOptions readOptions;
    private final ReadOptions scanOptions;
    private final RocksDB db;
    /** Null until a read has failed that did not name its table. */
    private volatile @Nullable String unreadableTables;

    private Database(Path directory, String described, StoreOptions options, StoreErrors errors, Mode mode)
            throws RocksDBException {
        this.directory = directory;
        this.described = described;
        this.errors = errors;
        statistics = keep(new Statistics());
        statistics.setStatsLevel(StatsLevel.EXCEPT_DETAILED_TIMERS);
        writeOptions = keep(new WriteOptions()).setDisableWAL(true).setMemtableInsertHintPerBatch(true);
        readOptions = keep(new ReadOptions());
        scanOptions = keep(new ReadOptions()).setFillCache(false).setReadaheadSize(READ_AHEAD_BYTES);
        Cache cache = keep(new LRUCache(options.blockCacheBytes() / 2));
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (Family family : Family.values()) {
            descriptors
                    .add(new ColumnFamilyDescriptor(family.storedNameBytes(), familyOptions(family, options, cache)));
        }
        List<ColumnFamilyHandle> opened = new ArrayList<>();
        try {
            db = mode == Mode.READ
                    ? RocksDB.openReadOnly(databaseOptions(mode), directory.toString(), descriptors, opened)
                    : RocksDB.open(databaseOptions(mode), directory.toString(), descriptors, opened);
        } catch (RocksDBException e) {
            closeNatives();
            throw e;
        }
        for (Family family : Family.values()) {
            ColumnFamilyHandle handle = opened.get(family.ordinal());
            handles.put(family, handle);
            familyIds[family.ordinal()] = handle.getID();
        }
    }

    /** Makes a new one in a directory that is empty or does not exist. */
    static Database create(Path directory, StoreOptions options, StoreErrors errors) throws StorageException {
        try {
            return new Database(directory, "the database in " + directory, options, errors, Mode.CREATE);
        } catch (RocksDBException e) {
            throw errors.of("create the database", e);
        }
    }

    /** Opens an existing one. */
    static Database open(Path directory, StoreOptions options, StoreErrors errors) throws StorageException {
        return open(directory, options, errors, Mode.OPEN);
    }

    /** Opens an existing one to read it, without changing a byte of the directory. */
    static Database openToRead(Path directory, StoreOptions options, StoreErrors errors) throws StorageException {
        return open(directory, options, errors, Mode.READ);
    }

    private static Database open(Path directory, StoreOptions options, StoreErrors errors, Mode mode)
            throws StorageException {
        // Before RocksDB makes itself another manifest.
        String name = DatabaseFiles.described(directory, errors);
        try {
            checkFamilies(directory, name, errors);
            return new Database(directory, name, options, errors, mode);
        } catch (RocksDBException e) {
            throw errors.of("open " + name + DatabaseFiles.unreadableTables(directory, e), e);
        }
    }

    private static void checkFamilies(Path directory, String name, StoreErrors errors)
            throws RocksDBException, StorageException {
        Set<String> expected = new TreeSet<>();
        for (Family family : Family.values()) {
            expected.add(family.storedName());
        }
        try (Options options = new Options()) {
            Set<String> found = RocksDB.listColumnFamilies(options, directory.toString()).stream()
                    .map(family -> new String(family, StandardCharsets.UTF_8))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!found.equals(expected)) {
                throw errors.damaged(name + " has the column families " + found + ", expected " + expected);
            }
        }
    }

    private DBOptions databaseOptions(Mode mode) {
        boolean create = mode == Mode.CREATE;
        return keep(new DBOptions()).setCreateIfMissing(create).setCreateMissingColumnFamilies(create)
                .setAtomicFlush(true).setAvoidFlushDuringShutdown(true).setParanoidChecks(true)
                // One thread writes. Keys that come in order then find their place without a search.
                .setAllowConcurrentMemtableWrite(false).setEnableWriteThreadAdaptiveYield(false)
                .setMaxOpenFiles(MAX_OPEN_FILES).setMaxBackgroundJobs(BACKGROUND_JOBS).setKeepLogFileNum(INFO_LOGS)
                .setMaxLogFileSize(INFO_LOG_BYTES).setStatsDumpPeriodSec(0).setStatsPersistPeriodSec(0)
                .setStatistics(statistics);
    }

    private ColumnFamilyOptions familyOptions(Family family, StoreOptions options, Cache cache) {
        ColumnFamilyOptions to = switch (family) {
            case GIDS -> gidsOptions(options);
            case CONFIRMED, CANCELLED, SETTLED_BY_HAND -> compressed(tables(cache).setBlockSize(ARCHIVE_BLOCK_BYTES));
            case META, LIVE, BODIES -> compressed(tables(cache).setBlockSize(BLOCK_BYTES));
        };
        return keep(to).setWriteBufferSize(family.isOfCuts() ? UNBOUNDED_BYTES : options.writeBufferBytes());
    }

    private static BlockBasedTableConfig tables(Cache cache) {
        return new BlockBasedTableConfig().setFormatVersion(TABLE_FORMAT).setChecksumType(ChecksumType.kXXH3)
                .setBlockCache(cache).setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true).setPinL0FilterAndIndexBlocksInCache(true);
    }

    /**
     * As text, because Java has no other name for the filter: Bloom at level 0, which is written and merged often, and Ribbon
     * below, which takes a third less room for the same share of false positives and more work to build. The text cannot name
     * the cache of the others, so this family has one of its own.
     */
    private static ColumnFamilyOptions gidsOptions(StoreOptions options) {
        Properties text = new Properties();
        text.setProperty("block_based_table_factory", "{filter_policy=ribbonfilter:" + options.filterBitsPerGid()
                + ":1;whole_key_filtering=true;format_version=" + TABLE_FORMAT + ";checksum=kXXH3;block_size="
                + GIDS_BLOCK_BYTES + ";block_cache=" + options.blockCacheBytes() / 2
                + ";cache_index_and_filter_blocks=true;cache_index_and_filter_blocks_with_high_priority=true"
                + ";pin_l0_filter_and_index_blocks_in_cache=true}");
        ColumnFamilyOptions to = ColumnFamilyOptions.getColumnFamilyOptionsFromProps(text);
        if (to == null) {
            throw new IllegalStateException("RocksDB does not take the settings " + text);
        }
        return to.setCompressionType(CompressionType.NO_COMPRESSION);
    }

    private static ColumnFamilyOptions compressed(BlockBasedTableConfig table) {
        return new ColumnFamilyOptions().setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION).setTableFormatConfig(table);
    }

    private <T extends AutoCloseable> T keep(T object) {
        natives.push(object);
        return object;
    }

    /** For messages: with the files that said what it is when it was opened. */
    String described() {
        return described;
    }

    /** The number that a {@link BatchBuffer} takes. */
    int id(Family family) {
        return familyIds[family.ordinal()];
    }

    byte @Nullable [] get(Family family, byte[] key) throws StorageException {
        try {
            return db.get(handle(family), readOptions, key);
        } catch (RocksDBException e) {
            throw unreadable(family, e);
        }
    }

    /** Tables are opened when they are needed, and then RocksDB does not always say which one it was. */
    private StorageException unreadable(Family family, RocksDBException cause) {
        String tables = unreadableTables;
        if (tables == null) {
            tables = DatabaseFiles.unreadableTables(directory, cause);
            if (!tables.isEmpty()) {
                // It looked into every table; once must do.
                unreadableTables = tables;
            }
        }
        return errors.of("read " + family.storedName() + tables, cause);
    }

    /** All rows in the order of keys, past the cache. The caller closes it, and asks {@link #check} at the end. */
    RocksIterator iterator(Family family) {
        return db.newIterator(handle(family), scanOptions);
    }

    /** An iterator that is not valid is at the end, or has failed: this tells which. */
    void check(RocksIterator iterator, Family family) throws StorageException {
        try {
            iterator.status();
        } catch (RocksDBException e) {
            throw unreadable(family, e);
        }
    }

    /** Writes the batch to memory and empties it; {@link #flush} makes it durable. */
    void write(BatchBuffer buffer) throws StorageException {
        try (WriteBatch batch = buffer.take()) {
            db.write(writeOptions, batch);
        } catch (RocksDBException e) {
            throw errors.of("write", e);
        }
    }

    /** Deletes from {@code from} on to the end. */
    void deleteFrom(Family family, byte[] from) throws StorageException {
        byte[] last;
        try (RocksIterator iterator = iterator(family)) {
            iterator.seekToLast();
            check(iterator, family);
            if (!iterator.isValid()) {
                return;
            }
            last = iterator.key();
        }
        if (Arrays.compareUnsigned(last, from) < 0) {
            return;
        }
        try {
            db.deleteRange(handle(family), writeOptions, from, last);
            db.delete(handle(family), writeOptions, last);
        } catch (RocksDBException e) {
            throw errors.of("delete from " + family.storedName(), e);
        }
    }

    /** Everything written so far becomes durable, in all families or in none. */
    void flush() throws StorageException {
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            db.flush(options, List.copyOf(handles.values()));
        } catch (RocksDBException e) {
            throw errors.of("flush", e);
        }
    }

    /** Gives back the files that hold nothing but keys from {@code from} to before {@code to}. */
    void dropFiles(Family family, byte[] from, byte[] to) throws StorageException {
        try {
            db.deleteFilesInRanges(handle(family), List.of(from, to), false);
        } catch (RocksDBException e) {
            throw errors.of("drop files of " + family.storedName(), e);
        }
    }

    RocksDB db() {
        return db;
    }

    ColumnFamilyHandle handle(Family family) {
        return Objects.requireNonNull(handles.get(family));
    }

    Statistics statistics() {
        return statistics;
    }

    @Override
    public void close() {
        db.cancelAllBackgroundWork(true);
        handles.values().forEach(ColumnFamilyHandle::close);
        db.close();
        closeNatives();
    }

    private void closeNatives() {
        while (!natives.isEmpty()) {
            try {
                natives.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("native objects close without exceptions", e);
            }
        }
    }
}
