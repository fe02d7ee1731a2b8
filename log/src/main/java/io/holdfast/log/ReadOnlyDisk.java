package io.holdfast.log;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A real directory of which not a byte is changed, its lock file included. */
public final class ReadOnlyDisk implements Disk {

    private final Path directory;

    private ReadOnlyDisk(Path directory) {
        this.directory = directory;
    }

    /** @throws StorageException of kind FAILED if there is no such directory */
    public static ReadOnlyDisk open(Path directory) throws StorageException {
        try {
            if (!Files.isDirectory(directory)) {
                throw new StorageException(Kind.FAILED, "there is no directory " + directory);
            }
            return new ReadOnlyDisk(directory.toRealPath());
        } catch (IOException e) {
            throw NioDisk.failed("cannot open", directory, e);
        }
    }

    @Override
    public String directory() {
        return directory.toString();
    }

    /** Keeps out whoever would write, but not others who read. A directory without a lock file is in nobody's use. */
    @Override
    public Lock lock() throws StorageException {
        Path file = directory.resolve(NioDisk.LOCK_FILE);
        if (NioDisk.isLockedHere(directory)) {
            // To open and close the file would give up the lock that this process has.
            throw NioDisk.locked(directory, "this process");
        }
        if (!Files.exists(file)) {
            return () -> {
            };
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            if (lockShared(channel) == null) {
                channel.close();
                throw NioDisk.locked(directory, NioDisk.owner(file));
            }
            return () -> close(channel, file);
        } catch (IOException e) {
            throw NioDisk.failed("cannot lock", file, e);
        }
    }

    private static @Nullable FileLock lockShared(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, true);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void close(FileChannel channel, Path file) throws StorageException {
        try {
            channel.close();
        } catch (IOException e) {
            throw NioDisk.failed("cannot unlock", file, e);
        }
    }

    @Override
    public List<String> list() throws StorageException {
        return NioDisk.list(directory);
    }

    @Override
    public DiskFile open(String name) throws StorageException {
        return NioFile.openToRead(directory.resolve(name));
    }

    @Override
    public DiskFile create(String name) {
        throw new IllegalStateException(directory + " is open for reading");
    }

    @Override
    public void syncDirectory() {
        throw new IllegalStateException(directory + " is open for reading");
    }
}
