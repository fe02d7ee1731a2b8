package io.holdfast.server.workers.process;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** How busy this process is. Thread-safe. */
final class CpuLoad {

    private static final double UNKNOWN = -1;
    /** Java measures from one question to the next: a short time says nothing. */
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private static long askedAtNanos = System.nanoTime() - LEAST_NANOS;
    private static double last = UNKNOWN;

    private CpuLoad() {
    }

    /** Its share of the processors that it may use, 0 to 1, in the last second or so; negative if Java does not know. */
    static synchronized double ofThisProcess() {
        long now = System.nanoTime();
        if (now - askedAtNanos >= LEAST_NANOS) {
            askedAtNanos = now;
            last = ManagementFactory
                    .getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                            ? system.getProcessCpuLoad()
                            : UNKNOWN;
        }
        return last;
    }
}
