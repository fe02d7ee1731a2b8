package io.holdfast.examples.load;

import io.holdfast.examples.dtm.Found;
import io.holdfast.examples.journal.JournalWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** After the load: waits until the coordinator owes nothing any more, and finds out what clients do not know yet. */
public final class Settlement {
    /** A request that was cut off may still be on its way: only now is "never heard of it" the last word. */
    private static final long BELIEVED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int ASKERS = 4;
    private static final long PAUSE_MILLIS = 200;

    private final PatientCoordinator coordinator;
    private final JournalWriter journal;

    public Settlement(PatientCoordinator coordinator, JournalWriter journal) {
        this.coordinator = coordinator;
        this.journal = journal;
    }

    /** Returns the number of transactions that are still not finished after the given time. */
    public int await(LoadGenerator load, Duration atMost) throws InterruptedException {
        long startedAtNanos = System.nanoTime();
        long giveUpAtNanos = startedAtNanos + atMost.toNanos();
        List<PlacedOrder> open = stillOpen(load.placedOrders(), startedAtNanos, giveUpAtNanos);
        while (!open.isEmpty() && System.nanoTime() - giveUpAtNanos < 0) {
            Thread.sleep(PAUSE_MILLIS);
            open = stillOpen(open, startedAtNanos, giveUpAtNanos);
        }
        return open.size();
    }

    /** One round of questions: whoever is not settled, or was not asked for want of time, stays open. */
    private List<PlacedOrder> stillOpen(List<PlacedOrder> asked, long startedAtNanos, long giveUpAtNanos) {
        Queue<PlacedOrder> open = new ConcurrentLinkedQueue<>();
        try (ExecutorService askers = Executors.newFixedThreadPool(ASKERS)) {
            for (PlacedOrder placed : asked) {
                askers.execute(() -> {
                    if (System.nanoTime() - giveUpAtNanos >= 0 || !isSettled(placed, startedAtNanos)) {
                        open.add(placed);
                    }
                });
            }
        }
        return new ArrayList<>(open);
    }

    private boolean isSettled(PlacedOrder placed, long startedAtNanos) {
        return switch (query(placed.order().gid())) {
            case Found.Transaction transaction when transaction.isFinished() -> {
                resolve(placed,
                        transaction.isTakenBack() ? Outcome.takenBack(transaction) : Outcome.confirmed());
                yield true;
            }
            case Found.Transaction _ -> false;
            case Found.Nothing _ when placed.outcome().isUnknown()
                    && System.nanoTime() - startedAtNanos >= BELIEVED_AFTER_NANOS -> {
                resolve(placed, Outcome.rejected("never_begun"));
                yield true;
            }
            case Found.Nothing _ -> false;
            case Found.Unknown _ -> false;
        };
    }

    private Found query(String gid) {
        try {
            return coordinator.query(gid);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found.Unknown("interrupted");
        }
    }

    private void resolve(PlacedOrder placed, Outcome outcome) {
        if (placed.outcome().isUnknown()) {
            journal.resolved(placed.order().requestId(), placed.order().gid(), outcome.told(), outcome.reason());
        }
    }
}
