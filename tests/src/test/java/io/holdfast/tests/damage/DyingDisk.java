package io.holdfast.tests.damage;

import io.holdfast.engine.StorageException;
import io.holdfast.log.Disk;
import io.holdfast.log.DiskFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A directory whose process dies in the middle of a write: some blocks of it are there, the rest is as it was. What SIGKILL
 * leaves if it comes at the right instant, which it hardly ever does.
 */
record DyingDisk(Disk disk, BooleanSupplier now) implements Disk {

    private static final int BLOCK_BYTES = 4096;
    /** With fewer there is no block at both ends. */
    private static final int LEAST_BLOCKS = 3;

    @Override
    public String directory() {
        return disk.directory();
    }

    @Override
    public Lock lock() throws StorageException {
        return disk.lock();
    }

    @Override
    public List<String> list() throws StorageException {
        return disk.list();
    }

    @Override
    public DiskFile open(String name) throws StorageException {
        return new DyingFile(disk.open(name));
    }

    @Override
    public DiskFile create(String name) throws StorageException {
        return new DyingFile(disk.create(name));
    }

    @Override
    public void syncDirectory() throws StorageException {
        disk.syncDirectory();
    }

    private final class DyingFile implements DiskFile {

        private final DiskFile file;

        DyingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public String path() {
            return file.path();
        }

        @Override
        public long size() throws StorageException {
            return file.size();
        }

        @Override
        public int read(long position, ByteBuffer into) throws StorageException {
            return file.read(position, into);
        }

        @Override
        public void write(long position, ByteBuffer from) throws StorageException {
            file.write(position, from);
        }

        @Override
        public void sync() throws StorageException {
            file.sync();
        }

        @Override
        public void writeSynced(long position, ByteBuffer from) throws StorageException {
            if (from.remaining() >= LEAST_BLOCKS * BLOCK_BYTES && now.getAsBoolean()) {
                int last = from.remaining() - BLOCK_BYTES;
                file.write(position, from.slice(from.position(), BLOCK_BYTES));
                file.write(position + last, from.slice(from.position() + last, BLOCK_BYTES));
                Runtime.getRuntime().halt(1);
            }
            file.writeSynced(position, from);
        }

        @Override
        public void close() throws StorageException {
            file.close();
        }
    }
}
