package io.holdfast.simulator;

/**
 * What one run did.
 *
 * @param cuts           that became durable
 * @param diskOperations of the process that ran first, until it stopped or crashed
 */
public record SimReport(long seed, int confirmed, int cancelled, int settled, int crashes, int diskFailures,
        long entries,
        long calls, long virtualMillis, long diskOperations, int cuts) {}
