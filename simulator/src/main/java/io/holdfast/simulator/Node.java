package io.holdfast.simulator;

import io.holdfast.core.Finished;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.Owner;
import io.holdfast.engine.StorageException;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.simulator.disk.FakeDisk;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One life of one process: an engine on a disk. */
final class Node {

    private static final FileLogOptions LOG = new FileLogOptions(64 << 10, 1_000, 32 << 10);

    final FakeDisk disk;
    final Engine engine;
    private final SimStore store;
    private final List<Owner> owners;
    private boolean alive = true;
    private boolean storageFailed;

    Node(FakeDisk disk, Schedule schedule, SimParticipants participants, RecordingLog.Durable durable,
            SimStore.Durable stored, EngineOptions options, RandomGenerator random) {
        this.disk = disk;
        RecordingLog log = new RecordingLog(new FileLog(disk, LOG, random), durable);
        this.store = new SimStore(disk, stored);
        this.engine = new Engine(log, store, participants.port(() -> alive), schedule, random, options,
                failure -> storageFailed = true);
        this.owners = engine.owners();
    }

    void recover() throws StorageException {
        engine.recover();
    }

    /** As core or archive know it. */
    @Nullable
    Transaction find(String gid) {
        Transaction known = engine.core().find(gid);
        Finished finished = known == null ? store.find(gid) : null;
        return finished == null ? known : finished.transaction();
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

    boolean storageFailed() {
        return storageFailed;
    }

    void die() {
        alive = false;
    }
}
