package io.holdfast.examples.load;

import io.holdfast.examples.gateway.OrderRequest;
import io.holdfast.examples.journal.JournalWriter;
import io.holdfast.examples.market.Market;
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
    private final Client client;
    private final int orders;
    private final long intervalNanos;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger releasedUpTo = new AtomicInteger();
    private final AtomicInteger heldBack = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * @param watch         is told of every order that was confirmed
     * @param orders        how many orders to place
     * @param ratePerSecond how many in each second
     */
    public LoadGenerator(Market market, GatewayClient gateway, JournalWriter journal, Tally tally, DecisionWatch watch,
            int orders, int ratePerSecond) {
        this.market = market;
        this.client = new Client(market.catalogue(), gateway, journal, tally, watch);
        this.orders = orders;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
    }

    /** Places all orders and returns when every client knows what became of its order, or has given up. */
    public void run() throws InterruptedException {
        long startedAtNanos = System.nanoTime();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < orders && failure.get() == null; i++) {
                OrderRequest order = market.order(i);
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

    /**
     * Keeps the last orders for {@link #placeAtOnce}: on a machine that is late with everything there would be none left. Whoever calls
     * this calls {@link #holdBackNone()} in the end. At most half of all orders are kept.
     */
    public void holdBack(int count) {
        heldBack.set(Math.min(count, orders / 2));
    }

    /** Lets go of the orders that were kept; those whose time has come are placed at once. */
    public void holdBackNone() {
        heldBack.set(0);
    }

    /** Places the next few orders at once instead of one by one; later ones keep their time. */
    public void placeAtOnce(int count) {
        heldBack.updateAndGet(kept -> Math.max(0, kept - count));
        releasedUpTo.set(begun.get() + count);
    }

    /** Returns when the order may go, and the moment from which its latency counts. */
    private long awaitTurn(int index, long dueAtNanos) throws InterruptedException {
        boolean wasKept = false;
        while (true) {
            long now = System.nanoTime();
            boolean isReleased = index < releasedUpTo.get();
            boolean isKept = !isReleased && index >= orders - heldBack.get();
            wasKept |= isKept;
            if (now - dueAtNanos >= 0 && !isKept) {
                return wasKept ? now : dueAtNanos;
            }
            if (isReleased) {
                return now;
            }
            LockSupport.parkNanos(isKept ? LONGEST_PARK_NANOS : Math.min(dueAtNanos - now, LONGEST_PARK_NANOS));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private void place(OrderRequest order, long dueAtNanos) {
        try {
            client.buy(order, dueAtNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure.compareAndSet(null, e);
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }
}
