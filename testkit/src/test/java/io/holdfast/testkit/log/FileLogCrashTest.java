package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.StorageException;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.simulator.disk.FakeDisk;
import io.holdfast.simulator.disk.SimulatedCrash;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Crashes of {@code FileLog} at every operation, over many seeds. */
class FileLogCrashTest {

    private static final FileLogOptions SMALL = new FileLogOptions(64 << 10, 4, 1 << 20);
    private static final FileLogOptions LARGE = new FileLogOptions(384 << 10, 3, 1 << 20);

    @Test
    void nothingPromisedIsLostWhereverItCrashes() throws StorageException {
        for (long seed = 0; seed < 10; seed++) {
            int entries = 60;
            CrashingLog whole = new CrashingLog(seed, SMALL, 40_000);
            whole.runUntilPromised(entries);
            long operations = whole.disk.operations();
            assertThat(operations).isGreaterThan(entries);
            for (long crashAt = 1; crashAt <= operations; crashAt++) {
                crashOnce(seed, crashAt, entries);
            }
        }
    }

    private static void crashOnce(long seed, long crashAt, int entries) throws StorageException {
        CrashingLog run = new CrashingLog(seed, SMALL, 40_000);
        try {
            run.disk.crashAt(crashAt);
            run.runUntilPromised(entries);
            assertThat(run.crashes).isPositive();
            run.die();
            run.runUntilPromised(entries + 10);
            run.die();
            run.runUntilPromised(run.promised.size() + 1);
        } catch (StorageException | AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ", crash at operation " + crashAt, e);
        }
    }

    /** Create, fill, sync, sync the directory, header, the other header, entry. */
    private static final int OPERATIONS_OF_THE_ENTRY_IN_A_NEW_FILE = 7;

    @Test
    void aFileWhoseCreationWasInterruptedIsNeverTakenForOneThatLostItsEntries() throws StorageException {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 40; round++) {
            for (int crashAt = 1; crashAt <= OPERATIONS_OF_THE_ENTRY_IN_A_NEW_FILE; crashAt++) {
                FakeDisk disk = crashedInTheSecondFile(random, crashAt);
                // Every further life may be as short.
                for (int life = 0; life < 3; life++) {
                    disk.crashAt(disk.operations() + random.nextInt(1, 5));
                    try (FileLog log = new FileLog(disk, SMALL, random)) {
                        assertThat(log.recover(new LogContents())).as("round %s, crash at %s", round, crashAt)
                                .isBetween(1L, 2L);
                    } catch (SimulatedCrash crash) {
                        // On to the next life.
                    }
                    disk = random.nextBoolean() ? disk.afterCrash() : disk.afterKill();
                }
                try (FileLog log = new FileLog(disk, SMALL, random)) {
                    long last = log.recover(new LogContents());
                    log.append(last + 1, ByteBuffer.allocate(1));
                }
            }
        }
    }

    private static FakeDisk crashedInTheSecondFile(SplittableRandom random, int crashAt) throws StorageException {
        FakeDisk disk = new FakeDisk(random.split());
        FileLog log = new FileLog(disk, SMALL, random);
        log.recover(new LogContents());
        log.append(1, ByteBuffer.allocate(50_000));
        long before = disk.operations();
        disk.crashAt(before + crashAt);
        assertThatThrownBy(() -> log.append(2, ByteBuffer.allocate(10_000))).isInstanceOf(SimulatedCrash.class);
        assertThat(disk.operations()).isEqualTo(before + crashAt);
        return random.nextBoolean() ? disk.afterCrash() : disk.afterKill();
    }

    @Test
    void nothingPromisedIsLostOverManyCrashes() throws StorageException {
        int tornTails = 0;
        for (long seed = 0; seed < 400; seed++) {
            tornTails += crashOften(seed, SMALL, 40_000, 100);
        }
        assertThat(tornTails).as("tails cut").isGreaterThan(500);
    }

    @Test
    void nothingPromisedIsLostOverManyCrashesWithLargeEntries() throws StorageException {
        for (long seed = 0; seed < 100; seed++) {
            crashOften(seed, LARGE, 300 << 10, 200);
        }
    }

    private static int crashOften(long seed, FileLogOptions options, int maxPayloadBytes, int entries)
            throws StorageException {
        CrashingLog run = new CrashingLog(seed, options, maxPayloadBytes);
        try {
            for (int target = 0; target < entries; target += 5) {
                if (target % 15 == 0) {
                    run.failWithin(30);
                } else {
                    run.dieWithin(30);
                }
                run.runUntilPromised(target);
            }
            run.die();
            run.runUntilPromised(run.promised.size() + 1);
            return run.tornTails;
        } catch (StorageException | AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
