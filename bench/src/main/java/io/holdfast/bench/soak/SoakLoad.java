package io.holdfast.bench.soak;

import io.holdfast.bench.wire.DtmSubmitter;
import io.holdfast.bench.wire.DtmWire;
import io.holdfast.bench.wire.Gids;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * An open loop: each transaction has its time, and its latency counts from there, so a server that hangs cannot hide it. Of a
 * hundred transactions 89 are two-step Sagas without calls (one request each, to the end), ten are TCCs that are begun and aborted,
 * and one is a TCC that an operator settles by hand: every outcome that retention knows.
 */
final class SoakLoad {

    /** More than a healthy server ever needs at once at this rate. */
    private static final int CONNECTIONS = 64;
    private static final int STEPS = 2;
    private static final int OF = 100;
    private static final int ABORTED_BELOW = 11;
    private static final int TIMEOUT_SECONDS = 3_600;
    private static final int FAILURES_SHOWN = 5;
    private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);

    private final InetSocketAddress server;
    private final SoakPlan plan;
    private final Gids gids = new Gids();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final List<String> failures = new ArrayList<>();
    private final Recorder latencyMicros = new Recorder(LONGEST_MICROS, 2);
    private final List<Thread> callers = new ArrayList<>();
    private long beginNanos;

    SoakLoad(InetSocketAddress server, SoakPlan plan) {
        this.server = server;
        this.plan = plan;
    }

    void start() {
        beginNanos = System.nanoTime();
        for (int i = 0; i < CONNECTIONS; i++) {
            callers.add(Thread.ofVirtual().start(this::call));
        }
    }

    /** Waits until every transaction was begun and answered, or failed. */
    void awaitEnd() throws InterruptedException {
        for (Thread caller : callers) {
            caller.join();
        }
    }

    private void call() {
        Connection connection = new Connection();
        for (long slot = next.getAndIncrement(); slot < plan.transactions(); slot = next.getAndIncrement()) {
            long due = beginNanos + slot * TimeUnit.SECONDS.toNanos(1) / plan.perSecond();
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            try {
                connection.run(slot);
                done.incrementAndGet();
                latencyMicros.recordValue(Math.min(LONGEST_MICROS, (System.nanoTime() - due) / 1_000));
            } catch (IOException e) {
                connection.close();
                noteFailure(slot, e);
            }
        }
        connection.close();
    }

    private void noteFailure(long slot, IOException failure) {
        failed.incrementAndGet();
        synchronized (failures) {
            if (failures.size() < FAILURES_SHOWN) {
                failures.add("transaction " + slot + ": " + failure.getMessage());
            }
        }
    }

    /** Since it began. */
    double seconds() {
        return (System.nanoTime() - beginNanos) / 1e9;
    }

    long done() {
        return done.get();
    }

    long failed() {
        return failed.get();
    }

    /** The first few, in words. */
    List<String> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }

    /** Since the last time this was asked. */
    Histogram latencyMicros() {
        return latencyMicros.getIntervalHistogram();
    }

    /** Of one caller; opened again after a failure. */
    private final class Connection {
        private @Nullable DtmWire wire;
        private @Nullable DtmSubmitter sagas;

        void run(long slot) throws IOException {
            if (wire == null || sagas == null) {
                wire = new DtmWire(server);
                sagas = new DtmSubmitter(server, STEPS, "", "");
            }
            String gid = gids.next();
            long kind = slot % OF;
            if (kind >= ABORTED_BELOW) {
                sagas.submitAndWait(gid);
                return;
            }
            wire.prepareTcc(gid, TIMEOUT_SECONDS);
            if (kind == 0) {
                wire.forceStop(gid);
            } else {
                wire.abortTcc(gid);
            }
        }

        void close() {
            try {
                if (wire != null) {
                    wire.close();
                }
                if (sagas != null) {
                    sagas.close();
                }
            } catch (IOException e) {
                // Nothing is lost with a connection.
            }
            wire = null;
            sagas = null;
        }
    }
}
