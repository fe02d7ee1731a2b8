package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.log.DiskFile;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.simulator.disk.FakeDisk;
import io.holdfast.simulator.disk.SimulatedCrash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Damaged files: what was acknowledged is all there, or the log refuses and names the file (guarantee G9). */
class FileLogDamageTest {

    private static final int BLOCK_BYTES = 4096;
    private static final int SEGMENT_BYTES = 64 << 10;
    private static final int FLIPS = 4_000;
    private static final FileLogOptions OPTIONS = new FileLogOptions(SEGMENT_BYTES, 4, 1 << 20);

    private final SplittableRandom random = new SplittableRandom(7);
    private final List<byte[]> acknowledged = new ArrayList<>();
    private byte[] torn = {};
    private int damaged;
    private int unharmed;

    @Test
    void anyFlippedBitOfCleanlyStoppedLogIsHarmlessOrRefused() throws StorageException {
        FakeDisk disk = stoppedLog();
        for (int i = 0; i < FLIPS; i++) {
            assertFlipIsHarmlessOrRefused(disk);
        }
        assertThat(damaged).isGreaterThan(FLIPS / 10);
        assertThat(unharmed).isGreaterThan(FLIPS / 100);
    }

    @Test
    void anyFlippedBitOfCrashedLogIsHarmlessOrRefusedOrCutsWhatWasNeverAcknowledged() throws StorageException {
        int logs = 20;
        for (int log = 0; log < logs; log++) {
            FakeDisk disk = crashedLog();
            for (int i = 0; i < FLIPS / logs; i++) {
                assertFlipIsHarmlessOrRefused(disk);
            }
        }
        assertThat(damaged).isGreaterThan(FLIPS / 10);
        assertThat(unharmed).isGreaterThan(FLIPS / 100);
    }

    private void assertFlipIsHarmlessOrRefused(FakeDisk disk) throws StorageException {
        List<String> whole = disk.list().stream().filter(name -> disk.sizeOf(name) == SEGMENT_BYTES).toList();
        String file = whole.get(random.nextInt(whole.size()));
        // Half of the bits from the first bytes of blocks, where stamps and headers are.
        long at = random.nextBoolean()
                ? (long) BLOCK_BYTES * random.nextInt(SEGMENT_BYTES / BLOCK_BYTES) + random.nextInt(80)
                : random.nextInt(SEGMENT_BYTES);
        long bit = at * Byte.SIZE + random.nextInt(Byte.SIZE);
        FakeDisk copy = disk.copy(random.split());
        copy.flipBit(file, bit);
        assertHarmlessOrRefused(copy, file, "bit " + bit + " of " + file);
    }

    @Test
    void anyOverwrittenBlockOfCleanlyStoppedLogIsHarmlessOrRefused() throws StorageException {
        FakeDisk disk = stoppedLog();
        for (int block = 0; block < disk.list().size() * SEGMENT_BYTES / BLOCK_BYTES; block++) {
            String file = disk.list().get(block * BLOCK_BYTES / SEGMENT_BYTES);
            long at = (long) block * BLOCK_BYTES % SEGMENT_BYTES;
            String what = "block at " + at + " of " + file;
            assertHarmlessOrRefused(overwritten(disk, file, at, ByteBuffer.allocate(BLOCK_BYTES)), file,
                    what + " zeroed");
            byte[] garbage = LogContents.randomPayload(random, BLOCK_BYTES);
            assertHarmlessOrRefused(overwritten(disk, file, at, ByteBuffer.wrap(garbage)), file, what + " garbled");
            for (int other = 0; other < SEGMENT_BYTES; other += BLOCK_BYTES) {
                assertHarmlessOrRefused(overwritten(disk, file, at, blockOf(disk, file, other)), file,
                        what + " replaced by that at " + other);
            }
        }
        assertThat(damaged).isGreaterThan(100);
    }

    private FakeDisk overwritten(FakeDisk disk, String file, long at, ByteBuffer block) throws StorageException {
        FakeDisk copy = disk.copy(random.split());
        try (DiskFile open = copy.open(file)) {
            open.writeSynced(at, block);
        }
        return copy;
    }

    private static ByteBuffer blockOf(FakeDisk disk, String file, long at) throws StorageException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        try (DiskFile open = disk.open(file)) {
            open.read(at, block);
        }
        return block.flip();
    }

    private void assertHarmlessOrRefused(FakeDisk disk, String file, String what) throws StorageException {
        LogContents contents = new LogContents();
        FakeDisk before = disk.copy(random.split());
        try (FileLog log = new FileLog(disk, OPTIONS, random)) {
            long last = log.recover(contents);
            assertThat(last).as(what).isBetween((long) acknowledged.size(),
                    acknowledged.size() + (torn.length > 0 ? 1L : 0L));
            assertContents(contents, last, what);
            unharmed++;
        } catch (StorageException e) {
            assertThat(e.kind()).as(what).isEqualTo(Kind.DAMAGED);
            assertThat(e).as(what).hasMessageContaining(file);
            assertUnchanged(before, disk, what);
            damaged++;
        }
    }

    private void assertContents(LogContents contents, long last, String what) {
        assertThat(contents.sequences().getLast()).as(what).isEqualTo(last);
        for (int i = 0; i < contents.sequences().size(); i++) {
            int sequence = Math.toIntExact(contents.sequences().get(i));
            byte[] expected = sequence > acknowledged.size() ? torn : acknowledged.get(sequence - 1);
            assertThat(contents.payloads().get(i)).as("%s, entry %s", what, sequence).isEqualTo(expected);
        }
    }

    private static void assertUnchanged(FakeDisk before, FakeDisk after, String what) throws StorageException {
        assertThat(after.operations()).as(what).isLessThanOrEqualTo(1);
        for (String name : before.list()) {
            for (long at = 0; at < before.sizeOf(name); at += BLOCK_BYTES) {
                assertThat(blockOf(after, name, at)).as(what).isEqualTo(blockOf(before, name, at));
            }
        }
    }

    /** Some files, reused after releases, stopped with entries in the last one and room behind them. */
    private FakeDisk stoppedLog() throws StorageException {
        FakeDisk disk = new FakeDisk(random.split());
        try (FileLog log = new FileLog(disk, OPTIONS, random)) {
            log.recover(new LogContents());
            fill(log);
        }
        return disk;
    }

    /** The same, but torn in the middle of an entry of eight blocks. */
    private FakeDisk crashedLog() throws StorageException {
        acknowledged.clear();
        FakeDisk disk = new FakeDisk(random.split());
        FileLog log = new FileLog(disk, OPTIONS, random);
        log.recover(new LogContents());
        fill(log);
        torn = LogContents.randomPayload(random, 30_000);
        disk.crashAt(disk.operations() + 1);
        assertThatThrownBy(() -> log.append(acknowledged.size() + 1L, ByteBuffer.wrap(torn)))
                .isInstanceOf(SimulatedCrash.class);
        return disk.afterCrash();
    }

    /** All of them in use. */
    private FakeDisk logOfThreeFiles(boolean clean) throws StorageException {
        acknowledged.clear();
        FakeDisk disk = new FakeDisk(random.split());
        FileLog log = new FileLog(disk, OPTIONS, random);
        log.recover(new LogContents());
        while (disk.list().size() < 3) {
            byte[] payload = LogContents.randomPayload(random, 1 << random.nextInt(15));
            log.append(acknowledged.size() + 1L, ByteBuffer.wrap(payload));
            acknowledged.add(payload);
        }
        if (clean) {
            log.close();
        }
        return disk.afterKill();
    }

    private void fill(FileLog log) throws StorageException {
        for (int i = 0; i < 100; i++) {
            byte[] payload = LogContents.randomPayload(random, 1 << random.nextInt(15));
            log.append(acknowledged.size() + 1L, ByteBuffer.wrap(payload));
            acknowledged.add(payload);
            log.releaseThrough(Math.max(0, acknowledged.size() - 16));
        }
    }

    @Test
    void missingFileIsRefused() throws StorageException {
        for (boolean clean : new boolean[]{true, false}) {
            FakeDisk disk = logOfThreeFiles(clean);
            damaged = 0;
            for (String name : disk.list()) {
                FakeDisk copy = disk.copy(random.split());
                copy.delete(name);
                assertHarmlessOrRefused(copy, name, name + " deleted");
            }
            assertThat(damaged).isEqualTo(3);
        }
    }

    /** A file that was emptied looks like one whose creation was interrupted. */
    @Test
    void shortenedFileIsRefused() throws StorageException {
        int[] sizes = {0, 1, 67, 79, 80, BLOCK_BYTES, SEGMENT_BYTES / 2, SEGMENT_BYTES - 1};
        for (boolean clean : new boolean[]{true, false}) {
            FakeDisk disk = logOfThreeFiles(clean);
            damaged = 0;
            for (String name : disk.list()) {
                for (int size : sizes) {
                    FakeDisk copy = disk.copy(random.split());
                    copy.truncate(name, size);
                    assertHarmlessOrRefused(copy, name, name + " shortened to " + size);
                }
            }
            assertThat(damaged).isEqualTo(sizes.length * 3);
        }
    }

    /** With a release between, so that files are in use in another order than that of their names, and one is free. */
    @Test
    void emptiedFileThatWasReusedIsRefusedAndFreeOneIsNotMissed() throws StorageException {
        FakeDisk disk = new FakeDisk(random.split());
        long sequence = 0;
        try (FileLog log = new FileLog(disk, OPTIONS, random)) {
            log.recover(new LogContents());
            while (disk.list().size() < 3) {
                log.append(++sequence, ByteBuffer.allocate(30_000));
            }
            log.releaseThrough(sequence - 1);
            log.append(++sequence, ByteBuffer.allocate(30_000));
        }
        int free = 0;
        for (String name : disk.list()) {
            FakeDisk copy = disk.copy(random.split());
            copy.truncate(name, 0);
            try (FileLog log = new FileLog(copy, OPTIONS, random)) {
                assertThat(log.recover(new LogContents())).as(name).isEqualTo(sequence);
                free++;
            } catch (StorageException e) {
                assertThat(e.kind()).isEqualTo(Kind.DAMAGED);
                assertThat(e).hasMessageContaining(name);
            }
        }
        assertThat(free).isEqualTo(1);
    }

    /** Only whoever knows how far the log had come can tell. */
    @Test
    void logThatEndsBeforeWhatIsStoredElsewhereIsRefused() throws StorageException {
        FakeDisk emptied = killedLog(100, 100, 100);
        emptied.truncate("log-000.seg", 0);
        for (FakeDisk copy : List.of(emptied, killedLog(100, 100))) {
            FileLog log = new FileLog(copy, OPTIONS, random);
            assertThatThrownBy(() -> log.recover(3, new LogContents()))
                    .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                    .hasMessageContaining("log-000.seg").hasMessageContaining("up to 3");
            assertThat(copy.operations()).as("changes").isZero();
        }
    }

    @Test
    void fileOfAnotherLogIsRefused() throws StorageException {
        FakeDisk disk = stoppedLog();
        acknowledged.clear();
        FakeDisk other = stoppedLog();
        for (long at = 0; at < SEGMENT_BYTES; at += BLOCK_BYTES) {
            try (DiskFile file = disk.open("log-001.seg")) {
                file.writeSynced(at, blockOf(other, "log-001.seg", at));
            }
        }
        FileLog log = new FileLog(disk, OPTIONS, random);
        assertThatThrownBy(() -> log.recover(new LogContents()))
                .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining("another log");
    }

    /** A changed size would make a complete entry look like one that lacks blocks. */
    @Test
    void anyFlippedBitInTheHeaderOfTheLastEntryIsRefused() throws StorageException {
        FakeDisk disk = killedLog(5_000);
        for (int bit = 0; bit < 48 * Byte.SIZE; bit++) {
            FakeDisk copy = disk.copy(random.split());
            copy.flipBit("log-000.seg", (long) BLOCK_BYTES * Byte.SIZE + bit);
            assertDamaged(copy, "bit " + bit);
        }
    }

    @Test
    void lackOfBlockOfTheLastEntryIsTornWrite() throws StorageException {
        FakeDisk torn = overwritten(killedLog(100, 20_000), "log-000.seg", 3 * BLOCK_BYTES,
                ByteBuffer.allocate(BLOCK_BYTES));
        try (FileLog log = new FileLog(torn, OPTIONS, random)) {
            assertThat(log.recover(new LogContents())).isEqualTo(1);
        }
    }

    @Test
    void lackOfBlockOfEntryBeforeTheLastIsRefused() throws StorageException {
        FakeDisk disk = killedLog(20_000, 100);
        assertDamaged(overwritten(disk, "log-000.seg", 2 * BLOCK_BYTES, ByteBuffer.allocate(BLOCK_BYTES)), "zeroed");
    }

    /** Two logs of the same seed: the second had a torn write of the entry that follows where the first was closed. */
    @Test
    void remainsOfTornEntryAfterCleanStopAreRefused() throws StorageException {
        FakeDisk stopped = new FakeDisk(random.split());
        try (FileLog log = new FileLog(stopped, OPTIONS, new SplittableRandom(5))) {
            log.recover(new LogContents());
            log.append(1, ByteBuffer.allocate(1));
        }
        ByteBuffer remains = blockOf(killedLog(1, 1, 10_000), "log-000.seg", 4 * BLOCK_BYTES);
        assertDamaged(overwritten(stopped, "log-000.seg", 4 * BLOCK_BYTES, remains), "remains after the stop");
    }

    @Test
    void blockBehindTheEndOfTornEntryIsRefused() throws StorageException {
        FakeDisk torn = overwritten(killedLog(14_000), "log-000.seg", 2 * BLOCK_BYTES,
                ByteBuffer.allocate(2 * BLOCK_BYTES));
        ByteBuffer beyond = blockOf(killedLog(30_000), "log-000.seg", 6 * BLOCK_BYTES);
        assertDamaged(overwritten(torn, "log-000.seg", 6 * BLOCK_BYTES, beyond), "block beyond the entry");
    }

    /** Its number is the highest, so only the header of the newest file tells that there was one. */
    @Test
    void missingOldestFileIsRefused() throws StorageException {
        FakeDisk disk = new FakeDisk(random.split());
        try (FileLog log = new FileLog(disk, OPTIONS, random)) {
            log.recover(new LogContents());
            long sequence = 0;
            while (disk.list().size() < 3) {
                log.append(++sequence, ByteBuffer.allocate(30_000));
            }
            log.releaseThrough(sequence);
            log.append(++sequence, ByteBuffer.allocate(30_000));
        }
        disk.delete("log-002.seg");
        assertThatThrownBy(() -> new FileLog(disk, OPTIONS, random).recover(new LogContents()))
                .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining("is missing");
    }

    /** A log with entries of these sizes, all complete, not stopped; equal for equal sizes. */
    private FakeDisk killedLog(int... sizes) throws StorageException {
        FakeDisk disk = new FakeDisk(random.split());
        FileLog log = new FileLog(disk, OPTIONS, new SplittableRandom(5));
        log.recover(new LogContents());
        for (int i = 0; i < sizes.length; i++) {
            log.append(i + 1L, ByteBuffer.allocate(sizes[i]));
        }
        return disk.afterKill();
    }

    private void assertDamaged(FakeDisk disk, String what) {
        FileLog log = new FileLog(disk, OPTIONS, random);
        assertThatThrownBy(() -> log.recover(new LogContents())).as(what)
                .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining("log-000.seg");
    }
}
