package io.holdfast.server.backup;

import io.holdfast.server.backup.Backup.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes backups into one directory, one at a time. Thread-safe. */
final class Backups implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final long END_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final Path directory;
    private final BackupSource source;
    private final Path data;
    private final long reserveBytes;
    private @Nullable Backup last;
    private @Nullable Thread thread;

    /**
     * @param directory    where backups go; created when the first one is taken
     * @param data         of the server
     * @param reserveBytes room that the server needs on the disk of {@code data}
     */
    Backups(Path directory, BackupSource source, Path data, long reserveBytes) {
        this.directory = directory;
        this.source = source;
        this.data = data;
        this.reserveBytes = reserveBytes;
    }

    /**
     * Begins a backup.
     *
     * @param name one segment of a path
     * @return null if it exists already
     * @throws BackupException if another one runs, or the directory cannot be used
     */
    synchronized @Nullable Backup begin(String name) throws BackupException {
        if (last != null && last.phase() == Phase.RUNNING) {
            throw new BackupException("the backup " + last.directory().getFileName() + " is running: wait for its end");
        }
        Path target = directory.resolve(name);
        try {
            if (Files.exists(target)) {
                return null;
            }
            Files.createDirectories(directory);
            boolean sameDisk = Files.getFileStore(directory).equals(Files.getFileStore(data));
            last = new Backup(source, target, sameDisk ? reserveBytes : 0);
        } catch (IOException e) {
            throw new BackupException("the directory for backups " + directory + " cannot be used: " + e, e);
        }
        Backup begun = last;
        thread = Thread.ofPlatform().daemon().name("holdfast-backup").start(() -> run(begun));
        return begun;
    }

    private static void run(Backup backup) {
        long began = System.nanoTime();
        backup.run();
        LOG.atInfo().addKeyValue("directory", backup.directory()).addKeyValue("phase", backup.phase())
                .addKeyValue("failure", backup.failure()).addKeyValue("cut", backup.cut())
                .addKeyValue("bytes", backup.bytes())
                .addKeyValue("millis", (System.nanoTime() - began) / 1_000_000).log("backup ended");
    }

    /** The one that was begun last, if it has this name; null otherwise. */
    synchronized @Nullable Backup find(String name) {
        return last != null && last.directory().equals(directory.resolve(name)) ? last : null;
    }

    /** Gives up the one that is running, and waits a little until what it has copied is deleted. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running != null) {
            running.interrupt();
            try {
                running.join(END_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
