package io.holdfast.examples.load;

import io.holdfast.examples.journal.JournalWriter;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Places orders at a fixed rate, whether or not earlier ones have been answered (open loop), so that a slow coordinator
 * cannot slow down its own measurement. {@link #run()} is for one thread, the rest is thread-safe.
 */
public final class LoadGenerator {
    private static final long LONGEST_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Market market;
    private final OrderFlow tcc;
    private final OrderFlow saga;
    private final JournalWriter journal;
    private final Tally tally;
    private final int orders;
    private final long intervalNanos;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger releasedUpTo = new AtomicInteger();
    private final Queue<PlacedOrder> placedOrders = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * @param orders        how many orders to place
     * @param ratePerSecond how many in each second
     */
    public LoadGenerator(Market market, PatientCoordinator coordinator, HttpClient http, Services services,
            JournalWriter journal, Tally tally, int orders, int ratePerSecond) {
        this.market = market;
        this.tcc = new TccFlow(coordinator, new TryCaller(http), services);
        this.saga = new SagaFlow(coordinator, services);
        this.journal = journal;
        this.tally = tally;
        this.orders = orders;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
    }

    /** Places all orders and returns when every client has been told something. */
    public void run() throws InterruptedException {
        long startedAtNanos = System.nanoTime();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < orders && failure.get() == null; i++) {
                PlannedOrder order = market.order(i);
                long dueAtNanos = awaitTurn(i, startedAtNanos + i * intervalNanos);
                begun.set(i + 1);
                clients.execute(() -> place(order, dueAtNanos));
            }
        }
        Throwable first = failure.get();
        if (first != null) {
            throw new IllegalStateException("a client of the load generator failed", first);
        }
    }

    /** Places the next few orders at once instead of one by one; later ones keep their time. */
    public void placeAtOnce(int count) {
        releasedUpTo.set(begun.get() + count);
    }

    /** What was placed; complete when {@link #run()} has returned. */
    List<PlacedOrder> placedOrders() {
        return new ArrayList<>(placedOrders);
    }

    /** Returns when the order may go, and the moment from which its latency counts. */
    private long awaitTurn(int index, long dueAtNanos) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            if (now - dueAtNanos >= 0) {
                return dueAtNanos;
            }
            if (index < releasedUpTo.get()) {
                return now;
            }
            LockSupport.parkNanos(Math.min(dueAtNanos - now, LONGEST_PARK_NANOS));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private void place(PlannedOrder order, long dueAtNanos) {
        try {
            journal.placed(order.requestId(), order.gid());
            tally.placed();
            Outcome outcome = (order.isTcc() ? tcc : saga).place(order);
            journal.told(order.requestId(), order.gid(), outcome.told(), outcome.reason());
            tally.told(order, outcome.told(), System.nanoTime() - dueAtNanos);
            placedOrders.add(new PlacedOrder(order, outcome));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure.compareAndSet(null, e);
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }
}
