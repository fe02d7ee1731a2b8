package io.holdfast.log;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real directory.
 * <p>
 * The thread that uses it must not be interrupted: Java closes a file channel whose thread is interrupted, and the log ends.
 */
public final class NioDisk implements Disk {

    static final String LOCK_FILE = "LOCK";
    private static final int LOCK_ATTEMPTS = 5;
    private static final long LOCK_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /**
     * Directories locked by this process. Asked before the lock file is touched: POSIX drops all locks of a process on a file
     * when any of its descriptors is closed, so a refused second attempt would otherwise undo the first one's lock.
     */
    private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;

    private NioDisk(Path directory) {
        this.directory = directory;
    }

    /** Opens the directory; creates it, durably, if it does not exist. */
    public static NioDisk open(Path directory) throws StorageException {
        try {
            Deque<Path> missing = new ArrayDeque<>();
            for (@Nullable
            Path path = directory.toAbsolutePath(); path != null
                    && !Files.exists(path); path = path.getParent()) {
                missing.push(path);
            }
            Files.createDirectories(directory);
            for (Path created : missing) {
                Path parent = created.getParent();
                if (parent != null) {
                    syncDirectory(parent);
                }
            }
            return new NioDisk(directory.toRealPath());
        } catch (IOException e) {
            throw failed("cannot create or open", directory, e);
        }
    }

    @Override
    public String directory() {
        return directory.toString();
    }

    @Override
    public Lock lock() throws StorageException {
        if (!LOCKED_HERE.add(directory)) {
            throw locked(directory, "this process");
        }
        try {
            return lockFile();
        } catch (StorageException e) {
            LOCKED_HERE.remove(directory);
            throw e;
        }
    }

    private Lock lockFile() throws StorageException {
        Path file = directory.resolve(LOCK_FILE);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = lock(channel);
                if (lock == null) {
                    throw locked(directory, owner(file));
                }
                channel.truncate(0);
                channel.write(ByteBuffer
                        .wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
                return () -> unlock(channel);
            } catch (IOException | StorageException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed("cannot lock", file, e);
        }
    }

    /** Whoever only looks whether somebody writes here holds the lock for a moment. */
    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        FileLock lock = channel.tryLock();
        for (int attempt = 1; lock == null && attempt < LOCK_ATTEMPTS; attempt++) {
            LockSupport.parkNanos(LOCK_PAUSE_NANOS);
            lock = channel.tryLock();
        }
        return lock;
    }

    private void unlock(FileChannel channel) throws StorageException {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw failed("cannot unlock", directory.resolve(LOCK_FILE), e);
        } finally {
            LOCKED_HERE.remove(directory);
        }
    }

    static boolean isLockedHere(Path directory) {
        return LOCKED_HERE.contains(directory);
    }

    /** Who holds the lock, as far as the file tells: whoever only reads a directory does not write into it. */
    static String owner(Path lockFile) throws IOException {
        String pid = Files.readString(lockFile).strip();
        return pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isPresent()
                ? "process " + pid
                : "another process";
    }

    static StorageException locked(Path directory, String owner) {
        return new StorageException(Kind.LOCKED,
                "directory " + directory + " is in use by " + owner + "; stop that first or use another directory");
    }

    @Override
    public List<String> list() throws StorageException {
        return list(directory);
    }

    static List<String> list(Path directory) throws StorageException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        } catch (IOException e) {
            throw failed("cannot list", directory, e);
        }
    }

    @Override
    public DiskFile open(String name) throws StorageException {
        return NioFile.open(directory.resolve(name));
    }

    @Override
    public DiskFile create(String name) throws StorageException {
        return NioFile.open(directory.resolve(name), StandardOpenOption.CREATE_NEW);
    }

    @Override
    public void syncDirectory() throws StorageException {
        try {
            syncDirectory(directory);
        } catch (IOException e) {
            throw failed("cannot sync", directory, e);
        }
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static StorageException failed(String what, Path file, IOException cause) {
        String reason = cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return new StorageException(Kind.FAILED,
                what + " " + file + ": " + cause.getClass().getSimpleName() + reason, cause);
    }
}
