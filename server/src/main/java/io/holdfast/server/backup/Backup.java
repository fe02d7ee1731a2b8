package io.holdfast.server.backup;

import io.holdfast.core.Cut;
import io.holdfast.engine.StorageException;
import io.holdfast.server.backup.BackupSource.Kept;
import io.holdfast.store.Findings;
import io.holdfast.store.StoreCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One backup: the store as of a cut, copied file by file into a directory whose name says that it is not complete, until it is.
 * Runs on a thread of its own, which may be interrupted; what it shows of itself is thread-safe.
 */
final class Backup implements Runnable {

    /** Added to the name until the backup is complete. */
    static final String INCOMPLETE = ".incomplete";
    private static final String STORE = "store";

    /** How it stands. */
    enum Phase {
        RUNNING, DONE, FAILED
    }

    private final BackupSource source;
    private final Path directory;
    private final Path incomplete;
    private final long keepFreeBytes;
    private final AtomicLong copied = new AtomicLong();
    private volatile long bytes;
    private volatile Phase phase = Phase.RUNNING;
    private volatile String failure = "";
    private volatile long cut;

    /** @param keepFreeBytes room on the disk of the backup that is not taken */
    Backup(BackupSource source, Path directory, long keepFreeBytes) {
        this.source = source;
        this.directory = directory;
        this.incomplete = directory.resolveSibling(directory.getFileName() + INCOMPLETE);
        this.keepFreeBytes = keepFreeBytes;
    }

    @Override
    public void run() {
        try {
            SummedFiles.deleteAll(incomplete);
            Files.createDirectories(incomplete);
            try {
                copyAll(keepAside());
            } finally {
                source.dropAside();
            }
            Files.move(incomplete, directory, StandardCopyOption.ATOMIC_MOVE);
            SummedFiles.syncDirectory(directory.resolveSibling("."));
            phase = Phase.DONE;
        } catch (BackupException | IOException | StorageException | RuntimeException e) {
            fail(e);
        }
    }

    private Kept keepAside() throws BackupException {
        try {
            return source.keepAside().get();
        } catch (ExecutionException e) {
            throw new BackupException("no cut could be taken and kept aside: " + (e.getCause() == null
                    ? e.getMessage()
                    : e.getCause().getMessage()), e);
        } catch (InterruptedException e) {
            throw new BackupException("the server is stopping", e);
        }
    }

    private void copyAll(Kept kept) throws IOException, BackupException, StorageException {
        Cut.Header header = kept.cut();
        cut = header.sequence();
        long total = 0;
        for (Path file : SummedFiles.below(kept.store())) {
            total += Files.size(kept.store().resolve(file));
        }
        bytes = total;
        requireRoom(total);
        Map<String, String> sums = new TreeMap<>();
        for (Path file : SummedFiles.below(kept.store())) {
            Path to = incomplete.resolve(STORE).resolve(file);
            Files.createDirectories(to.resolveSibling("."));
            String sum = SummedFiles.copy(kept.store().resolve(file), to, this::step);
            sums.put(STORE + "/" + file, sum);
        }
        requireWholeTables();
        SummedFiles.syncDirectories(incomplete);
        new BackupManifest(header.sequence(), header.wallMillis(), header.createdOrdinals() - header.finishedOrdinals(),
                sums)
                .write(incomplete);
    }

    /** What rots on the disk of the server would else be copied with a checksum that is right, and replace what was good. */
    private void requireWholeTables() throws StorageException, BackupException {
        List<String> damages = new ArrayList<>();
        StoreCheck.checkTables(incomplete.resolve(STORE), new Findings() {
            @Override
            public void damaged(String what) {
                damages.add(what);
            }

            @Override
            public void looking(String kind, long count) {
                // Nobody is told.
            }

            @Override
            public void looked(String kind, long count) {
                // Nobody is told.
            }
        });
        if (!damages.isEmpty()) {
            throw new BackupException("the store of the server is damaged, and no backup is made of it: "
                    + damages.getFirst().replace(incomplete.toString(), "...") + (damages.size() == 1
                            ? ""
                            : ", and " + (damages.size() - 1) + " more tables"));
        }
    }

    private void step(long more) throws BackupException {
        if (Thread.currentThread().isInterrupted()) {
            throw new BackupException("the server is stopping");
        }
        requireRoom(more);
        copied.addAndGet(more);
    }

    private void requireRoom(long more) throws BackupException {
        long free = incomplete.toFile().getUsableSpace();
        if (free - more < keepFreeBytes) {
            throw new BackupException("no room for the backup: " + more + " bytes more are needed, the disk of "
                    + incomplete.getParent() + " has " + free + " left"
                    + (keepFreeBytes == 0 ? "" : ", of which " + keepFreeBytes + " are kept for the server"));
        }
    }

    private void fail(Exception cause) {
        String why = cause instanceof BackupException || cause instanceof StorageException
                ? String.valueOf(cause.getMessage())
                : "the backup cannot be written: " + cause;
        try {
            SummedFiles.deleteAll(incomplete);
        } catch (IOException e) {
            why += "; its remains are in " + incomplete + ": delete them";
        }
        failure = why;
        phase = Phase.FAILED;
    }

    Path directory() {
        return directory;
    }

    Phase phase() {
        return phase;
    }

    /** Why it failed; empty if it did not. */
    String failure() {
        return failure;
    }

    /** The entry up to which it has everything; 0 as long as that is not known. */
    long cut() {
        return cut;
    }

    /** Bytes to copy; 0 as long as that is not known. */
    long bytes() {
        return bytes;
    }

    long copiedBytes() {
        return copied.get();
    }
}
