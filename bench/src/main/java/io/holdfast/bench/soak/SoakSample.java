package io.holdfast.bench.soak;

import java.util.Locale;

/**
 * One look at the server and its load.
 *
 * @param seconds    since the load began
 * @param done       transactions answered so far
 * @param failed     so far
 * @param p50Micros  since the last look, from when each was due
 * @param heapBytes  used, garbage included
 * @param unfinished as the server counts them
 * @param expired    finished transactions that retention has removed so far
 * @param load       of the machine
 */
record SoakSample(double seconds, long done, long failed, double p50Micros, double p99Micros, double maxMicros,
        long logBytes, long storeBytes, long heapBytes, long residentBytes, long unfinished, long cuts, long expired,
        double load) {

    static final String CSV_HEADER = "seconds,done,failed,p50_us,p99_us,max_us,log_bytes,store_bytes,heap_bytes,rss_bytes,"
            + "unfinished,cuts,expired,load";

    String csv() {
        return String.format(Locale.ROOT, "%.1f,%d,%d,%.0f,%.0f,%.0f,%d,%d,%d,%d,%d,%d,%d,%.2f", seconds, done, failed,
                p50Micros, p99Micros, maxMicros, logBytes, storeBytes, heapBytes, residentBytes, unfinished, cuts,
                expired,
                load);
    }
}
