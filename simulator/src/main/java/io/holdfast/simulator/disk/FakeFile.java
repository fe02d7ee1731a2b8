package io.holdfast.simulator.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Contents of a file: what reads see (the page cache), and for each block that is not durable what the disk has instead.
 */
final class FakeFile {

    static final int BLOCK_BYTES = 4096;

    /** @param lost whether the kernel takes the block for clean after a write error, so that no sync writes it */
    private record OnDisk(byte[] bytes, boolean lost) {}

    private byte[] visible = new byte[0];
    private int size;
    private int durableSize;
    private final Map<Integer, OnDisk> notDurable = new TreeMap<>();
    /** Whether the name is durable too. */
    boolean linked;

    FakeFile copy() {
        FakeFile copy = new FakeFile();
        copy.visible = visible.clone();
        copy.size = size;
        copy.durableSize = durableSize;
        copy.notDurable.putAll(notDurable);
        copy.linked = linked;
        return copy;
    }

    int size() {
        return size;
    }

    int read(long position, ByteBuffer into) {
        int count = (int) Math.max(0, Math.min(into.remaining(), size - position));
        if (count > 0) {
            into.put(visible, (int) position, count);
        }
        return count;
    }

    /** Puts bytes into the page cache. */
    void write(long position, ByteBuffer from, int count) {
        int start = Math.toIntExact(position);
        int end = start + count;
        if (count == 0) {
            return;
        }
        if (end > visible.length) {
            visible = Arrays.copyOf(visible, Math.max(end, visible.length + (visible.length >> 1)));
        }
        for (int block = start / BLOCK_BYTES; block <= (end - 1) / BLOCK_BYTES; block++) {
            OnDisk before = notDurable.get(block);
            notDurable.put(block, new OnDisk(before == null ? visibleBlock(block) : before.bytes(), false));
        }
        from.get(visible, start, count);
        size = Math.max(size, end);
    }

    private byte[] visibleBlock(int block) {
        int from = block * BLOCK_BYTES;
        return Arrays.copyOf(Arrays.copyOfRange(visible, from, Math.min(visible.length, from + BLOCK_BYTES)),
                BLOCK_BYTES);
    }

    /** Makes a range durable, with the size. */
    void sync(long from, long to) {
        durableSize = size;
        notDurable.entrySet().removeIf(entry -> !entry.getValue().lost()
                && (entry.getKey() + 1L) * BLOCK_BYTES > from && (long) entry.getKey() * BLOCK_BYTES < to);
    }

    /** After a write error: what was not durable in the range never will be, unless it is written again. */
    void lose(long from, long to) {
        notDurable.replaceAll((block, old) -> (block + 1L) * BLOCK_BYTES > from && (long) block * BLOCK_BYTES < to
                ? new OnDisk(old.bytes(), true)
                : old);
    }

    /** Each block that is not durable is kept or lost, and so is the growth of the file. */
    void losePower(RandomGenerator random) {
        double keep = KEEP[random.nextInt(KEEP.length)];
        for (Iterator<Map.Entry<Integer, OnDisk>> all = notDurable.entrySet().iterator(); all.hasNext(); all.remove()) {
            Map.Entry<Integer, OnDisk> entry = all.next();
            if (entry.getValue().lost() || random.nextDouble() >= keep) {
                int at = entry.getKey() * BLOCK_BYTES;
                System.arraycopy(entry.getValue().bytes(), 0, visible, at, Math.min(BLOCK_BYTES, visible.length - at));
            }
        }
        if (durableSize < size) {
            size = switch (random.nextInt(3)) {
                case 0 -> size;
                case 1 -> durableSize;
                default -> random.nextInt(durableSize, size);
            };
            Arrays.fill(visible, size, visible.length, (byte) 0);
        }
        durableSize = size;
    }

    /** Chances of a block to survive: one is drawn per crash, so that both ends and the middle are common. */
    private static final double[] KEEP = {0, 0.1, 0.5, 0.9, 1};

    void flipBit(long bit) {
        int at = Math.toIntExact(bit / Byte.SIZE);
        if (at >= size) {
            throw new IllegalArgumentException("bit=" + bit + " is behind the end, size=" + size);
        }
        visible[at] ^= (byte) (1 << bit % Byte.SIZE);
    }

    void truncate(long to) {
        if (to > size) {
            throw new IllegalArgumentException("to=" + to + " is behind the end, size=" + size);
        }
        size = (int) to;
        durableSize = Math.min(durableSize, size);
        Arrays.fill(visible, size, visible.length, (byte) 0);
    }
}
