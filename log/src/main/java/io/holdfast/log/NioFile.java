package io.holdfast.log;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A real file behind two channels: one plain, one whose writes are durable on return (O_DSYNC). */
final class NioFile implements DiskFile {

    private final Path path;
    private final FileChannel plain;
    private final FileChannel synced;

    private NioFile(Path path, FileChannel plain, FileChannel synced) {
        this.path = path;
        this.plain = plain;
        this.synced = synced;
    }

    static NioFile open(Path path, OpenOption... more) throws StorageException {
        OpenOption[] options = new OpenOption[more.length + 2];
        options[0] = StandardOpenOption.READ;
        options[1] = StandardOpenOption.WRITE;
        System.arraycopy(more, 0, options, 2, more.length);
        try {
            FileChannel plain = FileChannel.open(path, options);
            try {
                return new NioFile(path, plain,
                        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.DSYNC));
            } catch (IOException e) {
                plain.close();
                throw e;
            }
        } catch (IOException e) {
            throw NioDisk.failed("cannot open", path, e);
        }
    }

    /** Opens it so that every write fails. */
    static NioFile openToRead(Path path) throws StorageException {
        try {
            FileChannel plain = FileChannel.open(path, StandardOpenOption.READ);
            return new NioFile(path, plain, plain);
        } catch (IOException e) {
            throw NioDisk.failed("cannot open", path, e);
        }
    }

    @Override
    public String path() {
        return path.toString();
    }

    @Override
    public long size() throws StorageException {
        try {
            return plain.size();
        } catch (IOException e) {
            throw NioDisk.failed("cannot get the size of", path, e);
        }
    }

    @Override
    public int read(long position, ByteBuffer into) throws StorageException {
        int total = 0;
        try {
            while (into.hasRemaining()) {
                int count = plain.read(into, position + total);
                if (count < 0) {
                    break;
                }
                total += count;
            }
            return total;
        } catch (IOException e) {
            throw NioDisk.failed("cannot read", path, e);
        }
    }

    @Override
    public void write(long position, ByteBuffer from) throws StorageException {
        writeAll(plain, position, from);
    }

    @Override
    public void writeSynced(long position, ByteBuffer from) throws StorageException {
        writeAll(synced, position, from);
    }

    private void writeAll(FileChannel channel, long position, ByteBuffer from) throws StorageException {
        long at = position;
        try {
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        } catch (IOException e) {
            throw NioDisk.failed("cannot write at offset " + at + " of", path, e);
        }
    }

    @Override
    public void sync() throws StorageException {
        try {
            plain.force(true);
        } catch (IOException e) {
            throw NioDisk.failed("cannot sync", path, e);
        }
    }

    @Override
    public void close() throws StorageException {
        try (plain; synced) {
            // Both are closed, even if the first refuses.
        } catch (IOException e) {
            throw NioDisk.failed("cannot close", path, e);
        }
    }
}
