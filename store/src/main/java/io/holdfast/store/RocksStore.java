package io.holdfast.store;

import io.holdfast.api.State;
import io.holdfast.core.Branch;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.core.Transaction;
import io.holdfast.core.Unfinished;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.Store;
import io.holdfast.engine.codec.StoredEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The store on RocksDB, without RocksDB's log: ours is the log. See {@code docs/adr/0005}.
 * <p>
 * From platform threads only: a call into RocksDB pins the carrier of a virtual thread. One thread owns the store; {@link #body}
 * and {@link #figures} are thread-safe.
 * <p>
 * In the directory: {@code LOCK}; {@code STORE}, which says what the rest has to be; and the database in {@code rocksdb}. A
 * directory that holds anything but has no {@code STORE} is damaged, and so is a database that does not reach the cut of which
 * {@code STORE} tells. Neither is ever taken for a new store.
 */
public final class RocksStore implements Store {

    /** A file with this name in the directory keeps everybody from opening the store: a restore has begun and not ended. */
    public static final String RESTORING = "RESTORING";

    static final String DATABASE = "rocksdb";
    /** A cut goes to RocksDB in parts of about this size, so that its size costs no memory a second and third time. */
    private static final int PART_BYTES = 1 << 20;

    private final Path directory;
    private final StoreOptions options;
    private final StoreErrors errors;
    private final StoredEncoder encoder = new StoredEncoder();
    private final Sealed sealed = new Sealed();
    private final BatchBuffer batch = new BatchBuffer();
    /** Readers of other threads hold it shared, {@link #close} alone. */
    private final ReadWriteLock closing = new ReentrantReadWriteLock();

    private @Nullable DirectoryLock lock;
    private volatile @Nullable Database db;
    private @Nullable Archive archive;
    private Cut.@Nullable Header lastCut;
    private long storeId;
    private boolean failed;
    private boolean closed;

    /** Touches nothing before {@link #recover}. */
    public RocksStore(Path directory, StoreOptions options) {
        this.directory = directory;
        this.options = options;
        errors = new StoreErrors(directory);
    }

    @Override
    public Core recover() throws StorageException {
        if (lock != null || closed) {
            throw new IllegalStateException("a store recovers once");
        }
        failed = true;
        Database opened = open();
        Archive rows = new Archive(opened, errors, encoder, sealed);
        Core core = restore(opened, rows);
        archive = rows;
        failed = false;
        return core;
    }

    private Database open() throws StorageException {
        StoreFile file;
        try {
            Files.createDirectories(directory);
            lock = DirectoryLock.take(directory.toRealPath());
            if (Files.exists(directory.resolve(RESTORING))) {
                throw errors.damaged("a restore did not end here: empty the data directory and restore again");
            }
            file = StoreFile.existsIn(directory) ? StoreFile.read(directory, errors) : null;
            if (file == null) {
                checkIsNew();
            }
            if (file == null || file.cut() == StoreFile.CREATING) {
                return create();
            }
        } catch (IOException e) {
            throw errors.failed("open the directory", e);
        }
        Database opened = Database.open(directory.resolve(DATABASE), options, errors);
        db = opened;
        storeId = file.storeId();
        lastCut = LastCut.of(opened, file, directory, errors);
        // Left by a process that died while somebody copied it.
        dropAside();
        return opened;
    }

    private void checkIsNew() throws IOException, StorageException {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> foreign = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !StoreFile.isOwn(name)).sorted().toList();
            if (!foreign.isEmpty()) {
                throw errors.damaged("it holds " + foreign + ", but the file " + directory.resolve(StoreFile.NAME)
                        + " is missing");
            }
        }
    }

    /** Whatever an earlier attempt left goes first: nobody has written to it yet. */
    private Database create() throws IOException, StorageException {
        storeId = new SecureRandom().nextLong();
        new StoreFile(storeId, StoreFile.CREATING).write(directory);
        Path database = directory.resolve(DATABASE);
        if (Files.exists(database)) {
            try (Stream<Path> files = Files.walk(database)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Database created = Database.create(database, options, errors);
        db = created;
        byte[] id = sealed.sealed(Keys.STORE_ID, Keys.ordinal(storeId));
        batch.put(created.id(Family.META), Keys.STORE_ID, id, id.length);
        created.write(batch);
        created.flush();
        StoreFile.sync(directory);
        new StoreFile(storeId, 0).write(directory);
        return created;
    }

    private Core restore(Database from, Archive rows) throws StorageException {
        Cut.Header header = lastCut;
        if (header == null) {
            rows.recover(0);
            return new Core();
        }
        rows.recover(header.finishedOrdinals());
        try {
            Core.Restoration restoration = Core.restore(header);
            new LiveRows(from, errors).restore(restoration, header);
            rows.scan(LastCut.keptFrom(header), finished -> {
                restoration.finished(finished);
                return true;
            });
            return restoration.core();
        } catch (IllegalStateException e) {
            throw errors.damaged("what it holds is not one state", e);
        }
    }

    @Override
    public void archive(List<Finished> finished) throws StorageException {
        Archive to = recovered();
        failed = true;
        to.add(finished);
        failed = false;
    }

    @Override
    public void cut(Cut cut, List<KeptBody> bodies) throws StorageException {
        Archive rows = recovered();
        Cut.Header header = cut.header();
        check(header, rows.nextOrdinal());
        Database to = open(db);
        failed = true;
        // Comes first: these rows may become durable on their own.
        rows.sealAll();
        putChanges(to, cut);
        putBodies(to, bodies);
        to.write(batch);
        to.flush();
        try {
            new StoreFile(storeId, header.sequence()).write(directory);
        } catch (IOException e) {
            throw errors.failed("write " + directory.resolve(StoreFile.NAME), e);
        }
        lastCut = header;
        rows.dropForgotten();
        failed = false;
    }

    private void check(Cut.Header header, long archived) {
        Cut.Header before = lastCut;
        if (header.finishedOrdinals() > archived) {
            throw new IllegalStateException("the cut says that " + header.finishedOrdinals()
                    + " transactions have finished; the archive was given " + archived);
        }
        if (before != null && header.sequence() < before.sequence()) {
            throw new IllegalStateException(
                    "cut at entry " + header.sequence() + " after one at entry " + before.sequence());
        }
    }

    /**
     * Into families that RocksDB never flushes by itself (see {@link Family#isOfCuts}), so the parts become durable together
     * with the rest of the cut or not at all.
     */
    private void putChanges(Database to, Cut cut) throws StorageException {
        encoder.reset(Sealed.CRC_BYTES);
        encoder.header(cut.header());
        putEncoded(to, Family.META, Keys.CUT);
        for (Unfinished changed : cut.changed()) {
            encoder.reset(Sealed.CRC_BYTES);
            encoder.unfinished(changed);
            putEncoded(to, Family.LIVE, Keys.ordinal(changed.ordinal()));
            writeIfFull(to);
        }
        for (Cut.Removed removed : cut.removed()) {
            batch.delete(to.id(Family.LIVE), Keys.ordinal(removed.ordinal()));
            deleteBodies(to, removed.transaction());
            writeIfFull(to);
        }
    }

    private void writeIfFull(Database to) throws StorageException {
        if (batch.sizeBytes() >= PART_BYTES) {
            to.write(batch);
        }
    }

    private void putEncoded(Database to, Family family, byte[] key) {
        sealed.seal(key, encoder.bytes(), encoder.size());
        batch.put(to.id(family), key, encoder.bytes(), encoder.size());
    }

    /** The sizes tell which bodies there may be. */
    private void deleteBodies(Database to, Transaction transaction) {
        byte[] gid = Keys.gid(transaction.gid());
        for (int i = 0; i < transaction.branches().size(); i++) {
            Branch branch = transaction.branches().get(i);
            if (branch.payloadBytes() > 0) {
                batch.delete(to.id(Family.BODIES), Keys.body(gid, i, BodyKind.PAYLOAD));
            }
            if (branch.tryResultBytes() >= 0) {
                batch.delete(to.id(Family.BODIES), Keys.body(gid, i, BodyKind.TRY_RESULT));
            }
        }
    }

    private void putBodies(Database to, List<KeptBody> bodies) throws StorageException {
        for (KeptBody body : bodies) {
            byte[] key = Keys.body(body.gid(), body.branchIndex(), body.kind());
            byte[] value = sealed.sealed(key, body.payload().bytes());
            batch.put(to.id(Family.BODIES), key, value, value.length);
            writeIfFull(to);
        }
    }

    @Override
    public @Nullable Finished find(String gid) throws StorageException {
        return recovered().find(gid);
    }

    @Override
    public @Nullable Finished findByBusinessKey(String businessKey) throws StorageException {
        return recovered().findByBusinessKey(businessKey);
    }

    @Override
    public void scan(long fromFinishedOrdinal, FinishedVisitor visitor) throws StorageException {
        recovered().scan(fromFinishedOrdinal, visitor);
    }

    @Override
    public int expire(State outcome, long finishedBeforeWallMillis, long keepFromFinishedOrdinal, int max)
            throws StorageException {
        Archive from = recovered();
        Cut.Header header = lastCut;
        // A start after a crash needs what the core kept at the last cut, which may be more than it keeps now.
        long keepFrom = header == null ? 0 : Math.min(keepFromFinishedOrdinal, LastCut.keptFrom(header));
        failed = true;
        int forgotten = from.expire(Family.of(outcome), finishedBeforeWallMillis, keepFrom, max);
        failed = false;
        return forgotten;
    }

    @Override
    public @Nullable Payload body(String gid, int branchIndex, BodyKind kind) throws StorageException {
        byte[] key = Keys.body(gid, branchIndex, kind);
        closing.readLock().lock();
        byte[] value;
        try {
            value = open(db).get(Family.BODIES, key);
        } finally {
            closing.readLock().unlock();
        }
        if (value == null) {
            return null;
        }
        if (!new Sealed().isWhole(key, value, value.length)) {
            throw errors.damaged("the " + kind + " of branch " + branchIndex + " of " + gid + " has a wrong checksum");
        }
        return Payload.of(Arrays.copyOfRange(value, Sealed.CRC_BYTES, value.length));
    }

    /**
     * Keeps the last cut aside, as the directory of a store of its own that nobody changes. There is one at most. Called by the
     * owner's thread when a cut has returned, before anything else.
     *
     * @return the directory; for who made it, until {@link #dropAside}
     */
    public Path keepAside() throws StorageException {
        recovered();
        Cut.Header header = lastCut;
        if (header == null) {
            throw new IllegalStateException("there was no cut yet");
        }
        return Aside.make(open(db), new StoreFile(storeId, header.sequence()), directory, errors);
    }

    /** Gives back what {@link #keepAside} made. Thread-safe, also after {@link #close}. */
    public void dropAside() throws StorageException {
        try {
            Aside.delete(directory);
        } catch (IOException e) {
            throw errors.failed("delete " + Aside.in(directory), e);
        }
    }

    /** What the look-up of gids costs and how its filters do. Thread-safe. */
    public GidFigures figures() throws StorageException {
        closing.readLock().lock();
        try {
            return GidFigures.of(open(db), errors);
        } finally {
            closing.readLock().unlock();
        }
    }

    @Override
    public long freeBytes() {
        return directory.toFile().getUsableSpace();
    }

    private Archive recovered() throws StorageException {
        Archive there = archive;
        if (there == null || closed) {
            throw new IllegalStateException(closed ? "the store is closed" : "the store has not recovered");
        }
        if (failed) {
            throw errors.failedBefore();
        }
        return there;
    }

    private static Database open(@Nullable Database db) {
        if (db == null) {
            throw new IllegalStateException("the store is not open");
        }
        return db;
    }

    @Override
    public void close() throws StorageException {
        closed = true;
        closing.writeLock().lock();
        try {
            if (db != null) {
                db.close();
                db = null;
            }
        } finally {
            closing.writeLock().unlock();
        }
        try {
            if (lock != null) {
                lock.release();
                lock = null;
            }
        } catch (IOException e) {
            throw errors.failed("unlock the directory", e);
        }
    }
}
