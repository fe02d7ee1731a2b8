package io.holdfast.server.workers.scaling;

import io.holdfast.server.workers.pool.WorkerPool;
import io.holdfast.server.workers.pool.WorkerPool.WorkerFigures;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the work once a second and has as many workers provided as the rule wants. */
public final class Autoscaler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Autoscaler.class);
    private static final long LOOK_MILLIS = 1_000;
    /** A worker that stops has so long for what it has under way, and the provider for the worker. */
    private static final long CLOSE_MILLIS = 30_000;

    private final WorkerPool pool;
    private final Supplier<OptionalInt> waiting;
    private final ScalingRule rule;
    private final WorkerProvider provider;
    private final ScheduledExecutorService looks = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("holdfast-scaling").factory());

    /**
     * @param waiting  how many calls wait for a free slot; empty if nobody knows
     * @param provider is closed with this
     */
    public Autoscaler(WorkerPool pool, Supplier<OptionalInt> waiting, ScalingBounds bounds, WorkerProvider provider) {
        this.pool = pool;
        this.waiting = waiting;
        this.rule = new ScalingRule(bounds);
        this.provider = provider;
    }

    public void start() {
        var unused = looks.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            int before = rule.wanted();
            OptionalInt seen = waiting.get();
            if (seen.isEmpty()) {
                // Who does not know does not decide; what has died is started again all the same.
                provider.provide(before);
                return;
            }
            int waits = seen.getAsInt();
            double load = pool.workers().stream().mapToDouble(WorkerFigures::cpuLoad).filter(known -> known >= 0)
                    .average().orElse(-1);
            rule.see(new ScalingRule.Sample(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), waits, load));
            if (rule.wanted() != before) {
                LOG.atInfo().addKeyValue("workers", rule.wanted()).addKeyValue("before", before)
                        .addKeyValue("waitingCalls", waits).addKeyValue("cpuLoad", load)
                        .log(rule.wanted() > before ? "more workers are needed" : "fewer workers will do");
            }
            provider.provide(rule.wanted());
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.atError().setCause(e).log("this look at the workers has failed");
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
        try {
            if (!looks.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("the workers cannot be stopped: they end with this process");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        provider.close();
    }
}
