package io.holdfast.server.workers.process;

import java.lang.management.ManagementFactory;

/** How busy this process is. Thread-safe. */
final class CpuLoad {

    private static final double UNKNOWN = -1;

    private CpuLoad() {
    }

    /** Its share of the processors that it may use, 0 to 1, since somebody last asked; negative if Java does not know. */
    static double ofThisProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuLoad()
                : UNKNOWN;
    }
}
