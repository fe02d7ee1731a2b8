package io.holdfast.bench.measure;

/**
 * What a turn of a closed loop showed.
 *
 * @param opsPerSecond   calls
 * @param p50Micros      of one call
 * @param p99Micros      of one call
 * @param p999Micros     of one call
 * @param cpuMicrosPerOp processor time of all processes that take part, which says more than the rate on a machine that others use
 */
public record Measured(double opsPerSecond, double p50Micros, double p99Micros, double p999Micros,
        double cpuMicrosPerOp) {}
