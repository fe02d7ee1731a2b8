package io.holdfast.bench.child;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The floor: the least that a durable record can cost. Callers copy records into one of two buffers; one thread writes what has
 * gathered to a preallocated file with O_DSYNC and wakes all its callers with one future. No entries, no state, no recovery.
 */
final class BareLog implements AutoCloseable {

    private static final int BUFFER_BYTES = 4 << 20;
    private static final long FILE_BYTES = 256L << 20;
    private static final int BLOCK_BYTES = 4_096;

    private final FileChannel file;
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread writer;
    private ByteBuffer filling = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private ByteBuffer writing = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private CompletableFuture<@Nullable Void> batch = new CompletableFuture<>();
    /** Why nothing can be appended any more; null as long as it can. Guarded by the lock. */
    private @Nullable Exception end;
    private volatile boolean idle;
    private volatile boolean closed;

    BareLog(Path path) throws IOException {
        try (FileChannel fill = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            for (long at = 0; at < FILE_BYTES; at += zeros.capacity()) {
                fill.write(zeros.clear(), at);
            }
            fill.force(true);
        }
        file = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
        writer = Thread.ofPlatform().name("bare-log").start(this::write);
    }

    /**
     * Returns when the record is durable.
     *
     * @throws CompletionException   if its write failed
     * @throws IllegalStateException if an earlier write failed, or the log is closed
     */
    void append(byte[] record) {
        CompletableFuture<@Nullable Void> mine;
        CRC32C crc = new CRC32C();
        crc.update(record);
        lock.lock();
        try {
            if (end != null) {
                throw new IllegalStateException("nothing can be appended any more", end);
            }
            filling.putInt(record.length).putInt((int) crc.getValue()).put(record);
            mine = batch;
        } finally {
            lock.unlock();
        }
        if (idle) {
            idle = false;
            LockSupport.unpark(writer);
        }
        mine.join();
    }

    private void write() {
        try {
            writeUntilClosed();
            refuseFrom(new IllegalStateException("closed"));
        } catch (IOException | RuntimeException e) {
            refuseFrom(e);
        }
    }

    /** Nobody may wait for what will never be written. */
    private void refuseFrom(Exception reason) {
        CompletableFuture<@Nullable Void> left;
        lock.lock();
        try {
            end = reason;
            left = batch;
        } finally {
            lock.unlock();
        }
        left.completeExceptionally(reason);
    }

    private void writeUntilClosed() throws IOException {
        long position = 0;
        while (!closed) {
            CompletableFuture<@Nullable Void> full;
            lock.lock();
            try {
                if (filling.position() == 0) {
                    idle = true;
                    full = null;
                } else {
                    ByteBuffer swap = filling;
                    filling = writing.clear();
                    writing = swap;
                    full = batch;
                    batch = new CompletableFuture<>();
                }
            } finally {
                lock.unlock();
            }
            if (full == null) {
                LockSupport.parkNanos(this, 1_000_000_000L);
                continue;
            }
            int bytes = (writing.position() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
            if (position + bytes > FILE_BYTES) {
                position = 0;
            }
            try {
                writing.position(0).limit(bytes);
                while (writing.hasRemaining()) {
                    position += file.write(writing, position);
                }
            } catch (IOException | RuntimeException e) {
                full.completeExceptionally(e);
                throw e;
            }
            full.complete(null);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        LockSupport.unpark(writer);
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.close();
    }
}
