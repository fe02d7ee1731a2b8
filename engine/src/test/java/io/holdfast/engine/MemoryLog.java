package io.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A log in memory. What several of them share as their disk is what a restart finds. */
public final class MemoryLog implements Log {

    private final List<byte[]> disk;
    /** Runs within append, before the entry counts as durable. */
    Runnable beforeDurable = () -> {
    };
    boolean broken;
    boolean closed;
    long releasedThrough;
    long freeBytesAfterRelease;
    volatile long freeBytes = 1L << 40;
    int maxEntryBytes = 1 << 20;

    public MemoryLog() {
        this(Collections.synchronizedList(new ArrayList<>()));
    }

    MemoryLog(List<byte[]> disk) {
        this.disk = disk;
    }

    List<byte[]> disk() {
        return disk;
    }

    @Override
    public long recover(long after, EntryVisitor visitor) throws StorageException {
        for (int i = (int) after; i < disk.size(); i++) {
            visitor.entry(i + 1, ByteBuffer.wrap(disk.get(i)).asReadOnlyBuffer());
        }
        return disk.size();
    }

    @Override
    public void append(long sequence, ByteBuffer payload) throws StorageException {
        assertThat(closed).as("closed").isFalse();
        assertThat(sequence).isEqualTo(disk.size() + 1L);
        assertThat(payload.remaining()).isLessThanOrEqualTo(maxEntryBytes);
        beforeDurable.run();
        if (broken) {
            throw new StorageException(StorageException.Kind.FAILED, "the disk is gone");
        }
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        disk.add(bytes);
    }

    /** Whoever shares the disk has no store that remembers, and needs all of it. */
    @Override
    public void releaseThrough(long sequence) {
        assertThat(sequence).isLessThanOrEqualTo(disk.size());
        releasedThrough = sequence;
        freeBytes = Math.max(freeBytes, freeBytesAfterRelease);
    }

    @Override
    public long freeBytes() {
        return freeBytes;
    }

    @Override
    public int maxEntryBytes() {
        return maxEntryBytes;
    }

    @Override
    public void close() {
        closed = true;
    }
}
