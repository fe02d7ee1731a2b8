package io.holdfast.simulator;

import io.holdfast.core.Finished;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Engine;
import io.holdfast.engine.Owner;
import io.holdfast.engine.StorageException;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.simulator.disk.FakeDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One life of one process: an engine, on a disk of its own or as one of a group. */
final class Node implements Truth.NodeState {

    static final FileLogOptions LOG = new FileLogOptions(64 << 10, 1_000, 32 << 10);

    final int number;
    final FakeDisk disk;
    final Engine engine;
    final SimPool pool;
    private final SimStore store;
    private final NodeClock clock;
    private final Group.@Nullable Copy copy;
    private final List<Owner> owners;
    private final List<Runnable> deferred = new ArrayList<>();
    private boolean alive = true;
    private boolean paused;
    private boolean storageFailed;
    /** Whether something has arrived since it went to sleep. */
    private boolean touched = true;
    private long wakeAtNanos;

    /** What a process is made of. */
    record Parts(World world, int number, FakeDisk disk, SimStore.Durable stored, NodeClock clock,
            RandomGenerator random) {}

    /** A node that is alone. */
    Node(Parts parts, RecordingLog.Durable durable) {
        this.number = parts.number;
        this.disk = parts.disk;
        this.clock = parts.clock;
        this.copy = null;
        this.store = new SimStore(disk, parts.stored);
        this.pool = new SimPool(parts.world, this);
        RecordingLog log = new RecordingLog(new FileLog(disk, LOG, parts.random), durable);
        this.engine = new Engine(log, store, pool, clock, parts.random, parts.world.engineOptions,
                failure -> storageFailed = true);
        this.owners = engine.owners();
    }

    /** One of a group. */
    Node(Parts parts, Group.Copy copy) {
        this.number = parts.number;
        this.disk = parts.disk;
        this.clock = parts.clock;
        this.copy = copy;
        this.store = new SimStore(disk, parts.stored);
        this.pool = new SimPool(parts.world, this);
        this.engine = new Engine(copy, store, pool, clock, parts.random, parts.world.engineOptions,
                failure -> storageFailed = true);
        this.owners = engine.owners();
    }

    void recover() throws StorageException {
        engine.recover();
    }

    /** As core or archive know it. */
    @Override
    public @Nullable Transaction find(String gid) {
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

    /** Whether it has nothing to do: it went to sleep, nothing has arrived since, and its time has not come. */
    boolean isAsleep(long scheduleNanos) {
        return !touched && scheduleNanos < wakeAtNanos && (copy == null || !copy.isTouched());
    }

    /** Nothing is left to do: sleeps until something arrives, or as long as its owners say. */
    void sleep(long scheduleNanos) {
        touched = false;
        if (copy != null) {
            copy.untouch();
        }
        long idle = idleNanos();
        wakeAtNanos = idle == Long.MAX_VALUE ? idle : scheduleNanos + idle;
    }

    long wakeAtNanos() {
        return wakeAtNanos;
    }

    private long idleNanos() {
        long idle = Long.MAX_VALUE;
        for (Owner owner : owners) {
            idle = Math.min(idle, owner.idleNanos());
        }
        return clock.scheduleNanos(idle);
    }

    long nanos() {
        return clock.nanos();
    }

    boolean storageFailed() {
        return storageFailed;
    }

    boolean isAlive() {
        return alive;
    }

    boolean isPaused() {
        return paused;
    }

    /** Something arrives: at once, when the process goes on, or never. */
    void receive(Runnable what) {
        if (paused) {
            deferred.add(what);
        } else if (alive) {
            touched = true;
            what.run();
        }
    }

    /** As {@link #receive}, for what concerns the process and not its engine, which sleeps on. */
    void hear(Runnable what) {
        if (paused) {
            deferred.add(what);
        } else if (alive) {
            what.run();
        }
    }

    void pause() {
        paused = true;
        if (copy != null) {
            copy.pause(true);
        }
    }

    void goOn() {
        paused = false;
        touched = true;
        if (copy != null) {
            copy.pause(false);
        }
        List<Runnable> arrived = List.copyOf(deferred);
        deferred.clear();
        arrived.forEach(this::receive);
    }

    void die() {
        alive = false;
        paused = false;
        deferred.clear();
        if (copy != null) {
            copy.die();
        }
    }
}
