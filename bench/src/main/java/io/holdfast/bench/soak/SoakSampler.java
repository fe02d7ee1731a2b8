package io.holdfast.bench.soak;

import io.holdfast.bench.measure.Machine;
import io.holdfast.bench.process.ServerJvm;
import io.holdfast.bench.wire.DtmWire;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.HdrHistogram.Histogram;

/** Looks at a server from outside: its files, its process, its metrics. */
final class SoakSampler {

    private final ServerJvm server;
    private final Path data;
    private final SoakLoad load;

    SoakSampler(ServerJvm server, Path data, SoakLoad load) {
        this.server = server;
        this.data = data;
        this.load = load;
    }

    SoakSample take(DtmWire wire) throws IOException {
        String metrics = wire.metrics();
        Histogram micros = load.latencyMicros();
        return new SoakSample(load.seconds(), load.done(), load.failed(),
                micros.getValueAtPercentile(50), micros.getValueAtPercentile(99), micros.getMaxValue(),
                bytesOf(data.resolve("log")), bytesOf(data.resolve("store")),
                (long) sum(metrics, "jvm_memory_used_bytes{area=\"heap\""), Machine.residentBytes(server.pid()),
                (long) sum(metrics, "holdfast_transactions_unfinished"), (long) sum(metrics, "holdfast_store_cuts"),
                (long) sum(metrics, "holdfast_store_expired"), Machine.load());
    }

    /** Of all lines of the text format of Prometheus that begin so. */
    static double sum(String metrics, String beginning) {
        return metrics.lines().filter(line -> line.startsWith(beginning))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    /** Of all files below a directory from which files may vanish meanwhile. */
    static long bytesOf(Path directory) throws IOException {
        Sum sum = new Sum();
        Files.walkFileTree(directory, sum);
        return sum.bytes;
    }

    private static final class Sum extends SimpleFileVisitor<Path> {

        private long bytes;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.size();
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                // Compaction has just removed it.
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }
    }
}
