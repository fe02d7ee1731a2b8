package io.holdfast.engine;

/**
 * A part of the engine that one thread owns. It never blocks but on the log's disk, so a simulator can run all of them on one
 * thread in any order.
 */
public interface Owner {

    /** Nobody sleeps longer than this, so a bell need not ring for what is due later. */
    long MAX_SLEEP_NANOS = 1_000_000_000L;

    /** For the name of its thread. */
    String name();

    /** Does what there is to do. Returns how much it did; 0 means that it waits for something. */
    int poll();

    /** How long there will be nothing to do unless the bell rings, in nanoseconds; {@link Long#MAX_VALUE} for ever. */
    long idleNanos();

    /** Rung by others when there may be something to do. */
    Bell bell();
}
