package io.holdfast.store;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps other processes and other stores of this process out of a directory. */
final class DirectoryLock {

    static final String FILE = "LOCK";

    /**
     * Directories locked by this process. Asked before the lock file is touched: POSIX drops all locks of a process on a file
     * when any of its descriptors is closed, so a refused second attempt would otherwise undo the first one's lock.
     */
    private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** @param directory its real path */
    static DirectoryLock take(Path directory) throws StorageException, IOException {
        if (!LOCKED_HERE.add(directory)) {
            throw locked(directory, "this process");
        }
        try {
            return new DirectoryLock(directory, lock(directory));
        } catch (IOException | StorageException e) {
            LOCKED_HERE.remove(directory);
            throw e;
        }
    }

    private static FileChannel lock(Path directory) throws StorageException, IOException {
        Path file = directory.resolve(FILE);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw locked(directory, owner(file));
            }
            channel.truncate(0);
            channel.write(ByteBuffer
                    .wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (IOException | StorageException e) {
            channel.close();
            throw e;
        }
    }

    /** Who holds the lock, as far as the file tells: whoever only reads a directory does not write into it. */
    private static String owner(Path file) throws IOException {
        String pid = Files.readString(file).strip();
        return pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isPresent()
                ? "process " + pid
                : "another process";
    }

    /**
     * Keeps out whoever would write, without writing: a directory without a lock file is in nobody's use.
     *
     * @param directory its real path
     * @return gives the right back
     */
    static Closeable takeToRead(Path directory) throws StorageException, IOException {
        Path file = directory.resolve(FILE);
        if (LOCKED_HERE.contains(directory)) {
            throw locked(directory, "this process");
        }
        if (!Files.exists(file)) {
            return () -> {
            };
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock lock;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, true);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        if (lock == null) {
            channel.close();
            throw locked(directory, owner(file));
        }
        return channel;
    }

    private static StorageException locked(Path directory, String owner) {
        return new StorageException(Kind.LOCKED,
                "directory " + directory + " is in use by " + owner + "; stop that first or use another directory");
    }

    void release() throws IOException {
        try {
            channel.close();
        } finally {
            LOCKED_HERE.remove(directory);
        }
    }
}
