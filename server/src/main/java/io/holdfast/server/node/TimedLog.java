package io.holdfast.server.node;

import io.holdfast.engine.Log;
import io.holdfast.engine.StorageException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A log that tells how long its entries take to become durable: nearly all of it is the disk's. */
final class TimedLog implements Log, MeterBinder {

    private static final Duration[] BOUNDS = {Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(5),
            Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(100),
            Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(5)};

    private final Log log;
    private volatile @Nullable Timer timer;

    TimedLog(Log log) {
        this.log = log;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        timer = Timer.builder("holdfast.log.append").description("Writing and syncing one entry of the log")
                .serviceLevelObjectives(BOUNDS).register(registry);
    }

    @Override
    public void append(long sequence, ByteBuffer payload) throws StorageException {
        Timer to = timer;
        if (to == null) {
            log.append(sequence, payload);
            return;
        }
        long began = System.nanoTime();
        log.append(sequence, payload);
        to.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    }

    @Override
    public long recover(long after, EntryVisitor visitor) throws StorageException {
        return log.recover(after, visitor);
    }

    @Override
    public void releaseThrough(long sequence) throws StorageException {
        log.releaseThrough(sequence);
    }

    @Override
    public long freeBytes() {
        return log.freeBytes();
    }

    @Override
    public int maxEntryBytes() {
        return log.maxEntryBytes();
    }

    @Override
    public void close() throws StorageException {
        log.close();
    }
}
