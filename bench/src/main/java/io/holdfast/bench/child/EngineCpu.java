package io.holdfast.bench.child;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.TreeMap;

/** Processor time of the threads that own an engine's parts, in nanoseconds by name. */
final class EngineCpu {

    private static final String PREFIX = "holdfast-";

    private EngineCpu() {
    }

    static Map<String, Long> nanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Map<String, Long> byName = new TreeMap<>();
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith(PREFIX)) {
                byName.put(thread.getThreadName().substring(PREFIX.length()),
                        threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return byName;
    }

    /** Of one core, in percent, by name, between two looks. */
    static Map<String, Double> percent(Map<String, Long> before, Map<String, Long> after, long elapsedNanos) {
        Map<String, Double> shares = new TreeMap<>();
        after.forEach((name, nanos) -> shares.put(name,
                100.0 * (nanos - before.getOrDefault(name, 0L)) / elapsedNanos));
        return shares;
    }
}
