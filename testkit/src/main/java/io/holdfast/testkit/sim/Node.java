package io.holdfast.testkit.sim;

import io.holdfast.core.Limits;
import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.Owner;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.testkit.disk.FakeDisk;
import java.util.List;
import java.util.random.RandomGenerator;

/** One life of one process: an engine on a disk. */
final class Node {

    private static final FileLogOptions LOG = new FileLogOptions(256 << 10, 512, 64 << 10);

    final FakeDisk disk;
    final Engine engine;
    private final List<Owner> owners;
    private boolean alive = true;
    private boolean logFailed;

    Node(FakeDisk disk, Schedule schedule, SimParticipants participants, RecordingLog.Durable durable,
            RandomGenerator random) {
        this.disk = disk;
        RecordingLog log = new RecordingLog(new FileLog(disk, LOG, random), durable);
        EngineOptions options = EngineOptions.DEFAULT.withLimits(new Limits(10_000, 1L << 30, 100, 1_000));
        this.engine = new Engine(log, participants.port(() -> alive), schedule, random, options,
                failure -> logFailed = true);
        this.owners = engine.owners();
    }

    void recover() throws StorageException {
        engine.recover();
    }

    int poll(RandomGenerator random) {
        // One owner at a time, in any order: whatever the threads of a server could do between two polls can happen here.
        return owners.get(random.nextInt(owners.size())).poll();
    }

    int pollAll() {
        int done = 0;
        for (Owner owner : owners) {
            done += owner.poll();
        }
        return done;
    }

    long idleNanos() {
        long idle = Long.MAX_VALUE;
        for (Owner owner : owners) {
            idle = Math.min(idle, owner.idleNanos());
        }
        return idle;
    }

    boolean logFailed() {
        return logFailed;
    }

    void die() {
        alive = false;
    }
}
