package io.holdfast.examples.gateway;

import java.util.concurrent.TimeUnit;

/**
 * How many orders may be under way. Who has waited for longer than its client did has worked for nobody, so the room shrinks when
 * answers come late and grows again when they come in time (additive increase, multiplicative decrease). Thread-safe.
 */
final class Room {
    static final int MOST = 250;
    /** What a slow machine brings about in the time that a client waits; a quick one soon has more room. */
    static final int FIRST = 60;
    /** So many that it still shows what becomes of orders when the coordinator is killed. */
    static final int LEAST = 40;
    /** Below what a client waits for an answer, 3 s. */
    static final long IN_TIME_NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);
    private static final double SHRINK = 0.95;

    private int taken;
    private double size = FIRST;

    /** Takes a place; false if there is none. */
    synchronized boolean tryEnter() {
        if (taken >= (int) size) {
            return false;
        }
        taken++;
        return true;
    }

    /** Gives the place back after an order. */
    synchronized void leave(long tookNanos) {
        taken--;
        size = tookNanos > IN_TIME_NANOS ? Math.max(LEAST, size * SHRINK) : Math.min(MOST, size + 1);
    }

    /** Gives the place back of which no use was made. */
    synchronized void leaveUnused() {
        taken--;
    }

    /** How many may be under way now. */
    synchronized int size() {
        return (int) size;
    }
}
