package io.holdfast.simulator.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.StorageException;
import io.holdfast.log.DiskFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FakeDiskTest {

    private static final int BLOCK_BYTES = FakeFile.BLOCK_BYTES;
    private static final int ROUNDS = 300;

    private final SplittableRandom random = new SplittableRandom(11);

    @Test
    void syncedBytesSurviveEveryPowerFailure() throws StorageException {
        for (int round = 0; round < ROUNDS; round++) {
            FakeDisk disk = diskWithFile(4);
            disk.open("f").writeSynced(BLOCK_BYTES, filled(2));
            disk.open("f").write(3 * BLOCK_BYTES, filled(1));
            disk.open("f").sync();
            assertThat(marks(disk.afterCrash())).isEqualTo(".xxx");
        }
    }

    @Test
    void unsyncedBlocksAreKeptOrLostEachByItself() throws StorageException {
        TreeSet<String> seen = new TreeSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            FakeDisk disk = diskWithFile(3);
            disk.open("f").write(0, filled(3));
            seen.add(marks(disk.afterCrash()));
        }
        assertThat(seen).containsExactlyInAnyOrder("...", "..x", ".x.", ".xx", "x..", "x.x", "xx.", "xxx");
    }

    @Test
    void syncedWriteIsTornByCrashInItsMiddle() throws StorageException {
        TreeSet<String> seen = new TreeSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            FakeDisk disk = diskWithFile(3);
            DiskFile file = disk.open("f");
            disk.crashAt(disk.operations() + 1);
            assertThatThrownBy(() -> file.writeSynced(0, filled(3))).isInstanceOf(SimulatedCrash.class);
            assertThatThrownBy(file::size).isInstanceOf(SimulatedCrash.class);
            seen.add(marks(disk.afterCrash()));
        }
        assertThat(seen).hasSize(8);
    }

    @Test
    void syncedWriteSyncsOnlyItsRange() throws StorageException {
        TreeSet<String> seen = new TreeSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            FakeDisk disk = diskWithFile(2);
            disk.open("f").write(0, filled(1));
            disk.open("f").writeSynced(BLOCK_BYTES, filled(1));
            seen.add(marks(disk.afterCrash()));
        }
        assertThat(seen).containsExactlyInAnyOrder(".x", "xx");
    }

    @Test
    void killedProcessLosesNothingItWroteButThePowerMayTakeItLater() throws StorageException {
        TreeSet<String> seen = new TreeSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            FakeDisk disk = diskWithFile(1);
            disk.open("f").write(0, filled(1));
            FakeDisk next = disk.afterKill();
            assertThat(marks(next)).isEqualTo("x");
            seen.add(marks(next.afterCrash()));
        }
        assertThat(seen).containsExactlyInAnyOrder(".", "x");
    }

    @Test
    void nameMayVanishUntilTheDirectoryIsSynced() throws StorageException {
        int left = 0;
        for (int round = 0; round < ROUNDS; round++) {
            FakeDisk disk = new FakeDisk(random);
            disk.create("f").sync();
            left += disk.afterCrash().list().size();
            assertThat(diskWithFile(1).afterCrash().list()).containsExactly("f");
        }
        assertThat(left).isBetween(1, ROUNDS - 1);
    }

    /** As the page cache of Linux does it: the error is reported once, then the page counts as clean. */
    @Test
    void syncAfterWriteErrorSucceedsAndSavesNothing() throws StorageException {
        for (int round = 0; round < ROUNDS; round++) {
            FakeDisk disk = diskWithFile(1);
            DiskFile file = disk.open("f");
            disk.failAt(disk.operations() + 1, DiskFault.WRITE_ERROR);
            assertThatThrownBy(() -> file.writeSynced(0, filled(1))).isInstanceOf(StorageException.class)
                    .hasMessageContaining("fake/f: Input/output error");
            file.sync();
            assertThat(marks(disk.afterCrash())).isEqualTo(".");
        }
    }

    @Test
    void sameSeedGivesTheSameBytes() throws StorageException {
        String[] runs = new String[2];
        for (int run = 0; run < 2; run++) {
            FakeDisk disk = new FakeDisk(new SplittableRandom(99));
            disk.create("f").write(0, ByteBuffer.allocate(20 * BLOCK_BYTES));
            disk.syncDirectory();
            disk.open("f").sync();
            disk.open("f").write(0, filled(20));
            runs[run] = marks(disk.afterCrash());
        }
        assertThat(runs[0]).isEqualTo(runs[1]);
    }

    private FakeDisk diskWithFile(int blocks) throws StorageException {
        FakeDisk disk = new FakeDisk(random);
        DiskFile file = disk.create("f");
        file.write(0, ByteBuffer.allocate(blocks * BLOCK_BYTES));
        file.sync();
        disk.syncDirectory();
        return disk;
    }

    private static ByteBuffer filled(int blocks) {
        byte[] bytes = new byte[blocks * BLOCK_BYTES];
        Arrays.fill(bytes, (byte) 'x');
        return ByteBuffer.wrap(bytes);
    }

    /** One character per block: x if it is filled, a dot if it is zero. Fails if it is neither. */
    private static String marks(FakeDisk disk) throws StorageException {
        StringBuilder marks = new StringBuilder();
        for (long at = 0; at < disk.sizeOf("f"); at += BLOCK_BYTES) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
            disk.open("f").read(at, block);
            boolean zero = block.get(0) == 0;
            assertThat(block.flip()).isEqualTo(zero ? ByteBuffer.allocate(BLOCK_BYTES) : filled(1));
            marks.append(zero ? '.' : 'x');
        }
        return marks.toString();
    }
}
