package io.holdfast.simulator.disk;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.log.Disk;
import io.holdfast.log.DiskFile;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A directory in memory with a page cache that a crash can lose. Deterministic: the same seed and calls give the same bytes.
 * <p>
 * Operations that change something (create, write, synced write, sync, directory sync, {@link #atomically}) are counted from 1, so that a test can
 * {@linkplain #crashAt crash} or {@linkplain #failAt fail} at each of them. In a crash a synced write is torn into 4 KiB blocks,
 * and unsynced blocks, sizes and names are each kept or lost. Not thread-safe.
 */
public final class FakeDisk implements Disk {

    private static final long NEVER = Long.MAX_VALUE;

    private final RandomGenerator random;
    private final Map<String, FakeFile> files = new TreeMap<>();
    private final Map<Long, DiskFault> faults = new HashMap<>();
    private long operations;
    private long crashAt = NEVER;
    private boolean crashed;
    private boolean locked;

    public FakeDisk(RandomGenerator random) {
        this.random = random;
    }

    /** Operations begun so far. */
    public long operations() {
        return operations;
    }

    /** Whether it has crashed: every operation throws {@link SimulatedCrash} from then on. */
    public boolean crashed() {
        return crashed;
    }

    /** Crashes in the middle of the operation with this number, counted from the making of this disk. */
    public FakeDisk crashAt(long operation) {
        crashAt = operation;
        return this;
    }

    /** Refuses the operation with this number, counted from the making of this disk. */
    public FakeDisk failAt(long operation, DiskFault fault) {
        faults.put(operation, fault);
        return this;
    }

    /** What is left after the power failed, now or at the crash: only what was durable, and by chance more. Ends this disk. */
    public FakeDisk afterCrash() {
        FakeDisk survivor = afterKill();
        survivor.files.values().removeIf(file -> !file.linked && random.nextBoolean());
        survivor.files.values().forEach(file -> {
            file.losePower(random);
            file.linked = true;
        });
        return survivor;
    }

    /** What the next process finds after this one was killed: all that was written, durable or not. Ends this disk. */
    public FakeDisk afterKill() {
        crashed = true;
        FakeDisk survivor = new FakeDisk(random);
        survivor.files.putAll(files);
        files.clear();
        return survivor;
    }

    /** A second disk with the same contents, not locked, no faults planned. */
    public FakeDisk copy(RandomGenerator itsRandom) {
        FakeDisk copy = new FakeDisk(itsRandom);
        files.forEach((name, file) -> copy.files.put(name, file.copy()));
        return copy;
    }

    /** Changes one bit, counted from the start of the file, behind the back of whoever wrote it. */
    public void flipBit(String name, long bit) {
        existing(name).flipBit(bit);
    }

    /** Makes a file shorter, behind the back of whoever wrote it. */
    public void truncate(String name, long size) {
        existing(name).truncate(size);
    }

    /** Takes a file away, behind the back of whoever wrote it. */
    public void delete(String name) {
        existing(name);
        files.remove(name);
    }

    /** In bytes. */
    public long sizeOf(String name) {
        return existing(name).size();
    }

    private FakeFile existing(String name) {
        FakeFile file = files.get(name);
        if (file == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return file;
    }

    @Override
    public String directory() {
        return "fake";
    }

    @Override
    public Lock lock() throws StorageException {
        requirePower();
        if (locked) {
            throw new StorageException(Kind.LOCKED, "directory " + directory() + " is in use");
        }
        locked = true;
        return () -> locked = false;
    }

    @Override
    public List<String> list() {
        requirePower();
        return List.copyOf(files.keySet());
    }

    @Override
    public DiskFile open(String name) {
        requirePower();
        return new Open(name, existing(name));
    }

    @Override
    public DiskFile create(String name) throws StorageException {
        if (files.containsKey(name)) {
            throw new StorageException(Kind.FAILED, "file " + directory() + "/" + name + " exists already");
        }
        begin("create", name, () -> {
            if (random.nextBoolean()) {
                files.put(name, new FakeFile());
            }
        }, fault -> {
        });
        FakeFile file = new FakeFile();
        files.put(name, file);
        return new Open(name, file);
    }

    @Override
    public void syncDirectory() throws StorageException {
        begin("sync", ".", () -> {
        }, fault -> {
        });
        files.values().forEach(file -> file.linked = true);
    }

    /**
     * One operation that the disk does as a whole or not at all, and that is durable on return, like the rename of a synced
     * file. What it changes lies outside of this disk.
     */
    public void atomically(String what, String name, Runnable change) throws StorageException {
        begin(what, name, () -> {
            if (random.nextBoolean()) {
                change.run();
            }
        }, fault -> {
        });
        change.run();
    }

    private interface OnFault {
        void happen(DiskFault fault);
    }

    /** Counts an operation; crashes or fails in its middle if that was planned. */
    private void begin(String what, String name, Runnable onCrash, OnFault onFault) throws StorageException {
        requirePower();
        operations++;
        if (operations == crashAt) {
            onCrash.run();
            crashed = true;
            throw new SimulatedCrash("crash at operation " + operations + ": " + what + " " + name);
        }
        @Nullable
        DiskFault fault = faults.get(operations);
        if (fault != null) {
            onFault.happen(fault);
            String reason = switch (fault) {
                case WRITE_ERROR -> "Input/output error";
                case DISK_FULL -> "No space left on device";
            };
            throw new StorageException(Kind.FAILED, "cannot " + what + " " + directory() + "/" + name + ": " + reason);
        }
    }

    private void requirePower() {
        if (crashed) {
            throw new SimulatedCrash("the disk has crashed before");
        }
    }

    private final class Open implements DiskFile {

        private final String name;
        private final FakeFile file;
        private boolean closed;

        Open(String name, FakeFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public String path() {
            return directory() + "/" + name;
        }

        @Override
        public long size() {
            requireOpen();
            return file.size();
        }

        @Override
        public int read(long position, ByteBuffer into) {
            requireOpen();
            return file.read(position, into);
        }

        @Override
        public void write(long position, ByteBuffer from) throws StorageException {
            requireOpen();
            begin("write", name, () -> writePart(position, from), fault -> {
                writePart(position, from);
                loseIfUnwritable(fault, position, Long.MAX_VALUE);
            });
            file.write(position, from, from.remaining());
        }

        @Override
        public void writeSynced(long position, ByteBuffer from) throws StorageException {
            requireOpen();
            long end = position + from.remaining();
            begin("write", name, () -> writePart(position, from), fault -> {
                writePart(position, from);
                loseIfUnwritable(fault, position, end);
            });
            file.write(position, from, from.remaining());
            file.sync(position, end);
        }

        /** The page cache gets the blocks in order; which of them reach the disk is decided when the power fails. */
        private void writePart(long position, ByteBuffer from) {
            int blocks = Math.ceilDiv(from.remaining(), FakeFile.BLOCK_BYTES);
            int written = random.nextBoolean() ? blocks : random.nextInt(blocks + 1);
            file.write(position, from, Math.min(from.remaining(), written * FakeFile.BLOCK_BYTES));
        }

        private void loseIfUnwritable(DiskFault fault, long from, long to) {
            if (fault == DiskFault.WRITE_ERROR) {
                file.lose(from, to);
            }
        }

        @Override
        public void sync() throws StorageException {
            requireOpen();
            begin("sync", name, () -> {
            }, fault -> loseIfUnwritable(fault, 0, Long.MAX_VALUE));
            file.sync(0, Long.MAX_VALUE);
        }

        @Override
        public void close() {
            closed = true;
        }

        private void requireOpen() {
            requirePower();
            if (closed) {
                throw new IllegalStateException("file " + name + " is closed");
            }
        }
    }
}
