package io.holdfast.bench.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What figures depend on.
 *
 * @param processors  that this JVM may use
 * @param memoryBytes of the machine, or of what this process may use of it
 * @param fileSystem  for example ext4
 * @param mount       the device or mount that the directory lies on
 * @param java        version
 * @param maxHeapBytes what the flags of the launcher allow each JVM
 */
public record Machine(int processors, long memoryBytes, String fileSystem, String mount, String java,
        long maxHeapBytes) {

    public static Machine of(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        Runtime runtime = Runtime.getRuntime();
        return new Machine(runtime.availableProcessors(), memory(), store.type(), store.toString(),
                Runtime.version().toString(), runtime.maxMemory());
    }

    private static long memory() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
    }

    /** Whether nothing there survives the power, so that a sync costs nothing and figures mean nothing. */
    public boolean isInMemory() {
        return fileSystem.equals("tmpfs") || fileSystem.equals("ramfs");
    }

    /** Runnable tasks of the whole machine, averaged over a minute; negative if the system does not tell. */
    public static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** A number out of a file of {@code /proc}, for example the resident set of a process, in bytes. */
    public static long residentBytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"), StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1_024).findFirst().orElse(0);
    }
}
