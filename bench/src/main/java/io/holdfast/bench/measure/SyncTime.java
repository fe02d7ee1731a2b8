package io.holdfast.bench.measure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How long the disk takes to make 4 KiB durable: one thread overwrites a zero-filled file with O_DSYNC.
 *
 * @param p50Micros of one write
 * @param p99Micros of one write
 */
public record SyncTime(double p50Micros, double p99Micros) {

    private static final int BLOCK_BYTES = 4_096;
    private static final int BLOCKS = 2_048;
    /** The first writes after a pause are slower. */
    private static final int UNCOUNTED = 50;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    public static SyncTime measure(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "sync", ".probe");
        try (FileChannel fill = FileChannel.open(file, StandardOpenOption.WRITE)) {
            fill.write(ByteBuffer.allocate(BLOCKS * BLOCK_BYTES));
            fill.force(true);
        }
        Histogram micros = new Histogram(60_000_000L, 2);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.DSYNC)) {
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
            long begin = System.nanoTime();
            for (int i = 0; i < BLOCKS && (i <= UNCOUNTED || System.nanoTime() - begin < LIMIT_NANOS); i++) {
                long start = System.nanoTime();
                channel.write(block.clear(), (long) i * BLOCK_BYTES);
                if (i >= UNCOUNTED) {
                    micros.recordValue((System.nanoTime() - start) / 1_000);
                }
            }
        } finally {
            Files.deleteIfExists(file);
        }
        return new SyncTime(micros.getValueAtPercentile(50), micros.getValueAtPercentile(99));
    }
}
