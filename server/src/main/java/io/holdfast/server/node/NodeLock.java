package io.holdfast.server.node;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second process away from the directory of a node, also while a cut is put in the place of its store. */
final class NodeLock implements AutoCloseable {

    private final FileChannel file;

    private NodeLock(FileChannel file) {
        this.file = file;
    }

    /** @throws StorageException of kind LOCKED if another process has it */
    static NodeLock take(Path data) throws StorageException {
        Path path = data.resolve("node.lock");
        try {
            Files.createDirectories(data);
            FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = file.tryLock();
            } catch (OverlappingFileLockException e) {
                // By this process.
            } finally {
                if (lock == null) {
                    file.close();
                }
            }
            if (lock == null) {
                throw new StorageException(Kind.LOCKED, data + " is in use by another process");
            }
            return new NodeLock(file);
        } catch (IOException e) {
            throw new StorageException(Kind.FAILED, path + " cannot be locked: " + e, e);
        }
    }

    @Override
    public void close() throws StorageException {
        try {
            file.close();
        } catch (IOException e) {
            throw new StorageException(Kind.FAILED, "the lock of a node cannot be given back: " + e, e);
        }
    }
}
