package io.holdfast.store;

import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.engine.StorageException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Looks at everything that a store holds: the checksums of all blocks of all tables, the checksum of each row, and whether what
 * the rows say fits together. Changes not a byte, and keeps servers out meanwhile.
 * <p>
 * What can still be looked at is looked at after damage, so that all of it is found at once; one fault may then show more than
 * once. For one {@link #run}, on one platform thread.
 */
public final class StoreCheck implements AutoCloseable {

    private final Path directory;
    private final StoreOptions options;
    private final Findings findings;
    private final StoreErrors errors;
    private @Nullable Closeable lock;
    private @Nullable Database db;

    public StoreCheck(Path directory, StoreOptions options, Findings findings) {
        this.directory = directory;
        this.options = options;
        this.findings = findings;
        this.errors = new StoreErrors(directory);
    }

    /** Checks the checksums of all blocks of all tables of a store, and nothing else. */
    public static void checkTables(Path directory, Findings findings) throws StorageException {
        new TableFiles(directory.resolve(RocksStore.DATABASE), findings, new StoreErrors(directory)).check();
    }

    /**
     * Checks.
     *
     * @return the core as of the last cut, a fresh one for a store without a cut; null if damage keeps it from being restored
     * @throws StorageException of kind LOCKED if a server works here; of kind FAILED if the disk refuses
     */
    public @Nullable Core run() throws StorageException {
        try {
            lock = DirectoryLock.takeToRead(directory.toRealPath());
        } catch (IOException e) {
            throw errors.failed("open the directory", e);
        }
        if (Files.exists(directory.resolve(RocksStore.DATABASE))) {
            checkTables(directory, findings);
        }
        try {
            return rows();
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.DAMAGED) {
                throw e;
            }
            findings.damaged(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private @Nullable Core rows() throws StorageException {
        if (!StoreFile.existsIn(directory)) {
            throw errors.damaged("the file " + directory.resolve(StoreFile.NAME) + " is missing");
        }
        StoreFile file = StoreFile.read(directory, errors);
        if (file.cut() == StoreFile.CREATING) {
            findings.looked("cuts (the store was never completed: the next start creates it)", 0);
            return new Core();
        }
        Database opened = Database.openToRead(directory.resolve(RocksStore.DATABASE), options, errors);
        db = opened;
        Cut.Header header = LastCut.of(opened, file, directory, errors);
        RowChecks rows = new RowChecks(opened, errors, findings);
        if (header == null) {
            rows.nothingIsThere();
            return new Core();
        }
        return new CutCheck(header, rows).run();
    }

    @Override
    public void close() throws StorageException {
        try {
            if (db != null) {
                db.close();
                db = null;
            }
            if (lock != null) {
                lock.close();
                lock = null;
            }
        } catch (IOException e) {
            throw errors.failed("unlock the directory", e);
        }
    }
}
