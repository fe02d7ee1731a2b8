package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.log.DiskFile;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.log.LogReader;
import io.holdfast.log.NioDisk;
import io.holdfast.log.ReadOnlyDisk;
import io.holdfast.simulator.disk.FakeDisk;
import io.holdfast.simulator.disk.SimulatedCrash;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that is only read shows what a recovery would show, says of its end what a recovery would do, and stays as it is. */
class LogReaderTest {

    private static final int SEGMENT_BYTES = 64 << 10;
    private static final FileLogOptions OPTIONS = new FileLogOptions(SEGMENT_BYTES, 4, 1 << 20);
    private static final int LIVES = 60;
    private static final int FLIPS_PER_LIFE = 40;
    private static final long SEED = 20_261_124;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private int torn;
    private int closed;
    private int damaged;

    @Test
    void readsWhatARecoveryWouldRead() throws StorageException {
        CrashingLog life = new CrashingLog(SEED, OPTIONS, 40_000);
        for (int i = 1; i <= LIVES; i++) {
            life.runUntilPromised(10 * i);
            if (life.log != null && random.nextInt(3) == 0) {
                life.stop();
            }
            assertReadsLikeARecovery(life.disk.copy(random.split()));
        }
        for (int i = 1; i <= LIVES; i++) {
            assertReadsLikeARecovery(crashedLog());
        }
        assertThat(torn).as("torn ends").isPositive();
        assertThat(closed).as("clean stops").isPositive();
    }

    /** Dies while it writes an entry of some blocks. */
    private FakeDisk crashedLog() throws StorageException {
        FakeDisk disk = new FakeDisk(random.split());
        FileLog log = new FileLog(disk, OPTIONS, random);
        log.recover(new LogContents());
        log.append(1, ByteBuffer.allocate(100));
        disk.crashAt(disk.operations() + 1);
        assertThatThrownBy(() -> log.append(2, ByteBuffer.allocate(20_000))).isInstanceOf(SimulatedCrash.class);
        return disk.afterCrash();
    }

    private void assertReadsLikeARecovery(FakeDisk disk) throws StorageException {
        LogContents seen = new LogContents();
        List<byte[]> before = contents(disk);
        LogReader.End end = new LogReader(disk, 0, seen).read();
        assertThat(contents(disk)).as("bytes after reading").usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(before);
        LogContents recovered = new LogContents();
        long last = new FileLog(disk, OPTIONS, random).recover(recovered);
        assertThat(end.lastSequence()).isEqualTo(last);
        assertSame(seen, recovered);
        torn += end.torn() == null ? 0 : 1;
        closed += end.isClosed() ? 1 : 0;
    }

    @Test
    void findsWhatARecoveryWouldFindAndShowsWhatIsGoodBeforeIt() throws StorageException {
        CrashingLog life = new CrashingLog(SEED + 1, OPTIONS, 20_000);
        for (int i = 1; i <= LIVES / 2; i++) {
            life.runUntilPromised(10 * i);
            for (int flip = 0; flip < FLIPS_PER_LIFE; flip++) {
                FakeDisk copy = life.disk.copy(random.split());
                String file = copy.list().get(random.nextInt(copy.list().size()));
                if (copy.sizeOf(file) == SEGMENT_BYTES) {
                    copy.flipBit(file, random.nextLong(random.nextBoolean() ? 48 : SEGMENT_BYTES) * Byte.SIZE);
                    assertJudgesLikeARecovery(copy, life.promised);
                }
            }
        }
        assertThat(damaged).as("damaged logs").isGreaterThan(LIVES);
    }

    private void assertJudgesLikeARecovery(FakeDisk disk, List<byte[]> promised) throws StorageException {
        LogContents seen = new LogContents();
        StorageException found = null;
        try {
            new LogReader(disk, 0, seen).read();
        } catch (StorageException e) {
            found = e;
        }
        for (int i = 0; i < seen.sequences().size(); i++) {
            int sequence = Math.toIntExact(seen.sequences().get(i));
            if (sequence <= promised.size()) {
                assertThat(seen.payloads().get(i)).isEqualTo(promised.get(sequence - 1));
            }
        }
        LogContents recovered = new LogContents();
        try {
            new FileLog(disk, OPTIONS, random).recover(recovered);
            assertThat(found).isNull();
            assertSame(seen, recovered);
        } catch (StorageException e) {
            damaged++;
            assertThat(found).isNotNull().hasMessage(e.getMessage());
            // A recovery keeps the last good one back, because it would have to write first.
            assertThat(seen.sequences().size()).isGreaterThanOrEqualTo(recovered.sequences().size());
        }
    }

    @Test
    void showsTheFilesBeforeADamagedHeader() throws StorageException {
        FakeDisk disk = logOfThreeFiles();
        LogContents whole = new LogContents();
        new LogReader(disk.copy(random.split()), 0, whole).read();
        for (int file = 0; file < 3; file++) {
            FakeDisk copy = disk.copy(random.split());
            copy.flipBit("log-00" + file + ".seg", 20 * Byte.SIZE);
            LogContents seen = new LogContents();
            assertThatThrownBy(() -> new LogReader(copy, 0, seen).read()).hasMessageContaining("log-00")
                    .hasMessageContaining("at offset 0: the header does not match its checksum");
            // Two entries fit into a file.
            assertThat(seen.sequences()).isEqualTo(whole.sequences().subList(0, 2 * file));
        }
    }

    private FakeDisk logOfThreeFiles() throws StorageException {
        FakeDisk disk = new FakeDisk(random.split());
        FileLog log = new FileLog(disk, OPTIONS, random);
        log.recover(new LogContents());
        for (long sequence = 1; disk.list().size() < 3; sequence++) {
            log.append(sequence, ByteBuffer.allocate(25_000));
        }
        return disk.afterKill();
    }

    @Test
    void aLogMayBeginBehindEntriesThatAreElsewhere() throws StorageException {
        FakeDisk disk = new FakeDisk(random.split());
        FileLog.createAfter(41, disk, OPTIONS, random);
        FakeDisk survived = disk.afterCrash();
        assertThat(new LogReader(survived.copy(random.split()), 0, new LogContents()).read().lastSequence())
                .isEqualTo(41);
        try (FileLog log = new FileLog(survived, OPTIONS, random)) {
            assertThat(log.recover(new LogContents())).isEqualTo(41);
            log.append(42, ByteBuffer.allocate(10));
        }
        LogContents seen = new LogContents();
        assertThat(new LogReader(survived, 0, seen).read().lastSequence()).isEqualTo(42);
        assertThat(seen.sequences()).containsExactly(42L);
        assertThatThrownBy(() -> FileLog.createAfter(41, survived, OPTIONS, random))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void leavesOutTheLastEntryWhileSomebodyWrites() throws StorageException {
        FakeDisk disk = new FakeDisk(random.split());
        try (FileLog log = new FileLog(disk, OPTIONS, random)) {
            log.recover(new LogContents());
            log.append(1, ByteBuffer.allocate(10));
            log.append(2, ByteBuffer.allocate(10));
            LogContents seen = new LogContents();
            assertThat(new LogReader(disk, 0, seen).read().isInUse()).isTrue();
            assertThat(seen.sequences()).containsExactly(1L);
        }
        LogContents seen = new LogContents();
        LogReader.End end = new LogReader(disk, 1, seen).read();
        assertThat(end).isEqualTo(new LogReader.End(2, false, true, null));
        assertThat(seen.sequences()).containsExactly(2L);
    }

    /** Files are used anew as fast as the disk allows, so that they change under the reader. */
    @Test
    void neverTakesWhatIsBeingWrittenForDamage(@TempDir Path directory) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        List<Throwable> problems = new ArrayList<>();
        Thread writer = Thread.ofPlatform().start(() -> {
            try (FileLog log = new FileLog(NioDisk.open(directory), OPTIONS, new SplittableRandom(SEED))) {
                log.recover(new LogContents());
                for (long sequence = 1; !stop.get(); sequence++) {
                    log.append(sequence, ByteBuffer.allocate(7_000).putLong(0, sequence));
                    log.releaseThrough(sequence - 3);
                }
            } catch (StorageException | RuntimeException | Error e) {
                problems.add(e);
            }
        });
        int whole = 0;
        try {
            for (long end = System.nanoTime() + 1_500_000_000L; System.nanoTime() < end;) {
                whole += isReadWhole(directory) ? 1 : 0;
            }
        } finally {
            stop.set(true);
            writer.join();
        }
        assertThat(problems).isEmpty();
        assertThat(whole).as("times it was read to its end").isPositive();
        assertThat(new LogReader(ReadOnlyDisk.open(directory), 0, (sequence, payload) -> {
        }).read().isClosed()).isTrue();
    }

    private static boolean isReadWhole(Path directory) throws StorageException {
        if (!Files.exists(directory.resolve("log-001.seg"))) {
            return false;
        }
        long[] last = {0};
        try {
            new LogReader(ReadOnlyDisk.open(directory), 0, (sequence, payload) -> {
                assertThat(payload.getLong(payload.position())).isEqualTo(sequence);
                assertThat(sequence).satisfiesAnyOf(s -> assertThat(last[0]).isZero(),
                        s -> assertThat(s).isEqualTo(last[0] + 1));
                last[0] = sequence;
            }).read();
            return true;
        } catch (StorageException e) {
            assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.FAILED);
            assertThat(e).message().containsAnyOf("were released by the server before they were read",
                    "changes faster than it can be read");
            return false;
        }
    }

    private static void assertSame(LogContents one, LogContents other) {
        assertThat(one.sequences()).isEqualTo(other.sequences());
        assertThat(one.payloads()).usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(other.payloads());
    }

    private static List<byte[]> contents(FakeDisk disk) throws StorageException {
        List<byte[]> files = new ArrayList<>();
        for (String name : disk.list()) {
            try (DiskFile file = disk.open(name)) {
                byte[] bytes = new byte[(int) file.size()];
                file.read(0, ByteBuffer.wrap(bytes));
                files.add(bytes);
            }
        }
        return files;
    }
}
