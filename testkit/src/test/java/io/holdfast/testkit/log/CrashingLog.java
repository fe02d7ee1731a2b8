package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.simulator.disk.DiskFault;
import io.holdfast.simulator.disk.FakeDisk;
import io.holdfast.simulator.disk.SimulatedCrash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A log on a fake disk through many lives, and what it promised: every entry that was acknowledged or visited stays, in order
 * and equal; at most the one in flight may join them; what was cut never comes back.
 */
final class CrashingLog {

    private final SplittableRandom random;
    private final FileLogOptions options;
    private final int maxPayloadBytes;
    /** Payloads of the entries that must be there from now on, from sequence 1. */
    final List<byte[]> promised = new ArrayList<>();
    private byte @Nullable [] inFlight;
    private long released;
    FakeDisk disk;
    @Nullable
    FileLog log;
    int crashes;
    int tornTails;

    CrashingLog(long seed, FileLogOptions options, int maxPayloadBytes) {
        random = new SplittableRandom(seed);
        this.options = options;
        this.maxPayloadBytes = maxPayloadBytes;
        disk = new FakeDisk(random.split());
    }

    /** Runs until so many entries are promised; an operation may end in a crash, after which the next life begins. */
    void runUntilPromised(int entries) throws StorageException {
        while (promised.size() < entries) {
            try {
                if (log == null) {
                    recover();
                }
                step();
            } catch (SimulatedCrash crash) {
                die();
            } catch (StorageException e) {
                if (e.kind() != Kind.FAILED) {
                    throw e;
                }
                die();
            }
        }
    }

    private void step() throws StorageException {
        FileLog open = open();
        switch (random.nextInt(40)) {
            case 0 -> stop();
            case 1 -> release(random.nextLong(released, promised.size() + 1L));
            default -> append(open);
        }
    }

    /** The payload sizes are spread evenly over their orders of magnitude. */
    private void append(FileLog open) throws StorageException {
        int bytes = (int) Math.exp(random.nextDouble() * Math.log(maxPayloadBytes));
        byte[] payload = LogContents.randomPayload(random, bytes);
        if (!fits(open, payload)) {
            release(promised.size());
            assertThat(fits(open, payload)).as("room after the release of everything").isTrue();
        }
    }

    private boolean fits(FileLog open, byte[] payload) throws StorageException {
        try {
            inFlight = payload;
            open.append(promised.size() + 1L, ByteBuffer.wrap(payload));
            promised.add(payload);
            inFlight = null;
            return true;
        } catch (StorageException e) {
            if (e.kind() != Kind.FULL) {
                throw e;
            }
            inFlight = null;
            return false;
        }
    }

    private void release(long through) throws StorageException {
        released = through;
        open().releaseThrough(through);
    }

    void stop() throws StorageException {
        open().close();
        log = null;
    }

    /** By chance the process or the power; by chance the next life will be too short for a recovery. */
    void die() {
        crashes++;
        log = null;
        disk = random.nextBoolean() ? disk.afterCrash() : disk.afterKill();
        if (random.nextBoolean()) {
            dieWithin(4);
        }
    }

    /** Dies within the next operations. */
    void dieWithin(int operations) {
        disk.crashAt(disk.operations() + random.nextInt(1, operations + 1));
    }

    /** As {@link #dieWithin}, after the disk refused something. */
    void failWithin(int operations) {
        DiskFault fault = random.nextBoolean() ? DiskFault.WRITE_ERROR : DiskFault.DISK_FULL;
        disk.failAt(disk.operations() + random.nextInt(1, operations + 1), fault);
    }

    void recover() throws StorageException {
        FileLog fresh = new FileLog(disk, options, random);
        long[] expected = {0};
        long last = fresh.recover((sequence, payload) -> {
            if (expected[0] == 0) {
                assertThat(sequence).as("first entry visited").isBetween(1L, released + 1);
            } else {
                assertThat(sequence).isEqualTo(expected[0]);
            }
            expected[0] = sequence + 1;
            visit(sequence, payload);
        });
        assertThat(last).as("last sequence").isEqualTo(promised.size());
        assertThat(expected[0]).as("sequence after the last visited")
                .isIn(released >= last ? List.of(0L, last + 1) : List.of(last + 1));
        if (inFlight != null) {
            tornTails++;
            inFlight = null;
        }
        log = fresh;
    }

    private void visit(long sequence, ByteBuffer payload) {
        if (sequence == promised.size() + 1L && inFlight != null) {
            promised.add(inFlight);
            inFlight = null;
        }
        assertThat(sequence).as("last sequence visited").isLessThanOrEqualTo(promised.size());
        assertThat(payload.equals(ByteBuffer.wrap(promised.get((int) sequence - 1))))
                .as("payload of entry " + sequence + " is equal").isTrue();
    }

    private FileLog open() {
        if (log == null) {
            throw new IllegalStateException("not recovered");
        }
        return log;
    }
}
