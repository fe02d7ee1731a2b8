package io.holdfast.bench.soak;

/**
 * How long and how hard.
 *
 * @param seconds         of load
 * @param perSecond       transactions begun, whether the server keeps up or not
 * @param retentionMillis how long the archive keeps finished transactions, whatever their outcome
 * @param sampleMillis    between two looks at the server
 * @param pledges         unfinished transactions that have to be there at the end
 */
record SoakPlan(int seconds, int perSecond, long retentionMillis, int sampleMillis, int pledges) {

    static final int PLEDGES = 100;
    static final long RETENTION_MILLIS = 60_000;
    static final int SAMPLE_MILLIS = 10_000;

    static SoakPlan of(int minutes, int perSecond) {
        return new SoakPlan(minutes * 60, perSecond, RETENTION_MILLIS, SAMPLE_MILLIS, PLEDGES);
    }

    long transactions() {
        return (long) seconds * perSecond;
    }
}
