package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.simulator.disk.DiskFault;
import io.holdfast.simulator.disk.FakeDisk;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a log does when the disk refuses, or when there is no room. */
class FileLogFaultTest {

    private static final int ENTRY_BYTES = 10_000;
    private static final FileLogOptions OPTIONS = new FileLogOptions(64 << 10, 3, 1 << 20);

    private final SplittableRandom random = new SplittableRandom(3);
    private FakeDisk disk = new FakeDisk(random);

    @Test
    void failedWriteEndsTheLogForEver() throws StorageException {
        for (DiskFault fault : DiskFault.values()) {
            disk = new FakeDisk(random);
            FileLog log = recovered();
            append(log, 1);
            disk.failAt(disk.operations() + 1, fault);
            assertRefused(Kind.FAILED, () -> append(log, 2));
            assertRefused(Kind.FAILED, () -> append(log, 2));
            assertRefused(Kind.FAILED, () -> log.releaseThrough(1));
            long operations = disk.operations();
            log.close();
            assertThat(disk.operations()).as("no clean stop is written").isEqualTo(operations);
            disk = disk.afterCrash();
            assertThat(visited().sequences()).containsExactly(1L);
        }
    }

    @Test
    void failureAtAnyOperationOfTheFirstRecoveryEndsItAndTheNextOneSucceeds() throws StorageException {
        recovered();
        long operations = disk.operations();
        assertThat(operations).isEqualTo(5); // create, fill, sync, directory sync, header
        for (long failAt = 1; failAt <= operations; failAt++) {
            disk = new FakeDisk(random).failAt(failAt, DiskFault.WRITE_ERROR);
            FileLog log = open();
            assertRefused(Kind.FAILED, () -> log.recover(new LogContents()));
            assertRefused(Kind.FAILED, () -> append(log, 1));
            log.close();
            try (FileLog next = recovered()) {
                append(next, 1);
            }
        }
    }

    /** The write fails, but the page cache shows the entry to the next process as if it were on the disk. */
    @Test
    void entryOfFailedWriteThatIsVisitedStaysAfterPowerFailure() throws StorageException {
        int visitedAfterKill = 0;
        for (int round = 0; round < 50; round++) {
            disk = new FakeDisk(random);
            FileLog log = recovered();
            disk.failAt(disk.operations() + 1, DiskFault.WRITE_ERROR);
            assertRefused(Kind.FAILED, () -> append(log, 1));
            disk = disk.afterKill();
            LogContents afterKill = new LogContents();
            open().recover(afterKill);
            disk = disk.afterCrash();
            assertThat(visited().sequences()).as("round " + round).isEqualTo(afterKill.sequences());
            visitedAfterKill += afterKill.sequences().size();
        }
        assertThat(visitedAfterKill).isBetween(1, 49);
    }

    @Test
    void fullLogRefusesAndGoesOnAfterRelease() throws StorageException {
        FileLog log = recovered();
        long last = fill(log);
        assertRefused(Kind.FULL, () -> append(log, last + 1));
        assertThat(log.freeBytes()).isLessThan(ENTRY_BYTES * 2);
        log.releaseThrough(0);
        assertRefused(Kind.FULL, () -> append(log, last + 1));
        log.releaseThrough(last);
        assertThat(log.freeBytes()).isGreaterThan(2 * (50 << 10));
        append(log, last + 1);
        log.close();
        assertThat(visited().sequences()).last().isEqualTo(last + 1);
    }

    @Test
    void fullLogCanBeStoppedAndStartedAndReleased() throws StorageException {
        FileLog log = recovered();
        long last = fill(log);
        log.close();
        FileLog again = recovered();
        assertRefused(Kind.FULL, () -> append(again, last + 1));
        again.releaseThrough(last);
        append(again, last + 1);
        again.close();
        assertThat(visited().sequences()).last().isEqualTo(last + 1);
    }

    @Test
    void releaseKeepsTheSegmentOfTheFirstEntryStillNeeded() throws StorageException {
        FileLog log = recovered();
        long last = fill(log);
        log.releaseThrough(last / 2);
        append(log, last + 1);
        log.close();
        LogContents contents = visited();
        assertThat(contents.sequences().getFirst()).isBetween(2L, last / 2 + 1);
        assertThat(contents.sequences()).containsExactlyElementsOf(
                LongStream.rangeClosed(contents.sequences().getFirst(), last + 1).boxed().toList());
    }

    @Test
    void filesAreReusedAndNeverMoreThanAllowed() throws StorageException {
        FileLog log = recovered();
        for (long sequence = 1; sequence <= 100; sequence++) {
            append(log, sequence);
            log.releaseThrough(sequence);
        }
        log.close();
        assertThat(disk.list()).containsExactly("log-000.seg", "log-001.seg");
    }

    @Test
    void existingLogKeepsItsSegmentSize() throws StorageException {
        try (FileLog log = recovered()) {
            append(log, 1);
        }
        FileLogOptions larger = new FileLogOptions(1 << 20, 3, 1 << 20);
        try (FileLog log = new FileLog(disk, larger, random)) {
            assertThat(log.recover(new LogContents())).isEqualTo(1);
            assertThat(log.maxEntryBytes()).isLessThan(64 << 10);
            append(log, 2);
        }
        assertThat(visited().sequences()).containsExactly(1L, 2L);
    }

    @Test
    void secondOwnerIsRefusedUntilTheFirstIsGone() throws StorageException {
        FileLog first = recovered();
        FileLog second = open();
        assertRefused(Kind.LOCKED, () -> second.recover(new LogContents()));
        second.close();
        append(first, 1);
        disk = disk.afterKill();
        assertThat(visited().sequences()).containsExactly(1L);
    }

    private FileLog open() {
        return new FileLog(disk, OPTIONS, random);
    }

    private FileLog recovered() throws StorageException {
        FileLog log = open();
        log.recover(new LogContents());
        return log;
    }

    private static long fill(FileLog log) throws StorageException {
        long last = 0;
        try {
            while (true) {
                append(log, last + 1);
                last++;
            }
        } catch (StorageException e) {
            assertThat(e.kind()).isEqualTo(Kind.FULL);
        }
        return last;
    }

    private LogContents visited() throws StorageException {
        LogContents contents = new LogContents();
        try (FileLog log = open()) {
            log.recover(contents);
        }
        return contents;
    }

    private static void append(FileLog log, long sequence) throws StorageException {
        log.append(sequence, ByteBuffer.allocate(ENTRY_BYTES));
    }

    private static void assertRefused(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StorageException.class,
                e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
