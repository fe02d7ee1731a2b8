package io.holdfast.simulator;

/** What came of the calls that were given to workers in one run. */
final class WorkerCounts {

    long given;
    long handedBack;
    long givenUp;
}
