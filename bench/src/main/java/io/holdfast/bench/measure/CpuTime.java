package io.holdfast.bench.measure;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/** Processor time so far of what takes part in a measurement, in nanoseconds. */
public interface CpuTime {

    long nanos() throws IOException;

    /** Of this process. */
    static CpuTime ofThisProcess() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())::getProcessCpuTime;
    }

    /** Of this and another. */
    default CpuTime and(CpuTime other) {
        return () -> nanos() + other.nanos();
    }
}
