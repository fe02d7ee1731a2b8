package io.holdfast.simulator;

import io.holdfast.simulator.disk.FakeDisk;
import org.jspecify.annotations.Nullable;

/** What of a node outlives its processes. */
final class Machine {

    final int number;
    final NodeClock clock;
    SimStore.Durable stored = new SimStore.Durable();
    FakeDisk disk;
    /** The process; null while there is none. */
    @Nullable
    Node node;

    Machine(int number, NodeClock clock, FakeDisk disk) {
        this.number = number;
        this.clock = clock;
        this.disk = disk;
    }

    /** The process, if it does not stand still. */
    @Nullable
    Node running() {
        Node now = node;
        return now == null || now.isPaused() ? null : now;
    }

    /** The process, if it has something to do. */
    @Nullable
    Node awake(long scheduleNanos) {
        Node now = running();
        return now == null || now.isAsleep(scheduleNanos) ? null : now;
    }
}
