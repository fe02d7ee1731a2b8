package io.holdfast.simulator;

import io.holdfast.engine.Clock;

/** The clock of one node: it runs too fast or too slow, and what it shows as wall time may jump. */
final class NodeClock implements Clock {

    private static final long MILLION = 1_000_000;
    /** Longer waits are cut short by other events. */
    private static final long MAX_EXACT_NANOS = 1_000_000_000_000L;

    private final Schedule schedule;
    private final long offsetNanos;
    private int driftPpm;
    private long wallShiftMillis;

    NodeClock(Schedule schedule, long offsetNanos) {
        this.schedule = schedule;
        this.offsetNanos = offsetNanos;
    }

    /** From now on, which has to be before anybody reads it, it gains so many microseconds a second. */
    void drift(int ppm) {
        driftPpm = ppm;
    }

    void jumpWall(long millis) {
        wallShiftMillis += millis;
    }

    /** How much virtual time passes while this clock advances by {@code nanos}; at least that much. */
    long scheduleNanos(long nanos) {
        return nanos > MAX_EXACT_NANOS ? nanos : nanos * MILLION / (MILLION + driftPpm) + 1;
    }

    @Override
    public long nanos() {
        long real = schedule.nanos();
        return offsetNanos + real + Math.floorDiv(real * driftPpm, MILLION);
    }

    @Override
    public long wallMillis() {
        return Schedule.WALL_START_MILLIS + wallShiftMillis + schedule.nanos() / 1_000_000;
    }
}
