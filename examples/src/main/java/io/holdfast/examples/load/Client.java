package io.holdfast.examples.load;

import io.holdfast.examples.gateway.OrderRequest;
import io.holdfast.examples.gateway.Pause;
import io.holdfast.examples.journal.JournalWriter;
import io.holdfast.examples.journal.Told;
import io.holdfast.examples.market.Catalogue;
import java.util.concurrent.TimeUnit;

/**
 * A customer: sends an order, the same again if there is no answer, and asks what became of it if there still is none. Writes
 * down what it was told, and nothing else. Thread-safe.
 */
final class Client {
    private static final int ATTEMPTS = 3;
    /** Together longer than a gateway takes to come back. */
    private static final long RETRY_PAUSE_MILLIS = 500;
    private static final int RESOLVE_SECONDS = 120;
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 8_000;
    /** A request that was cut off may still be on its way: only after so long is "never heard of it" the last word. */
    private static final long BELIEVED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(6);

    private final Catalogue catalogue;
    private final GatewayClient gateway;
    private final JournalWriter journal;
    private final Tally tally;
    private final DecisionWatch watch;

    /**
     * @param catalogue what the client was shown: prices, and who sells what
     * @param watch     is told of every order that was confirmed
     */
    Client(Catalogue catalogue, GatewayClient gateway, JournalWriter journal, Tally tally, DecisionWatch watch) {
        this.catalogue = catalogue;
        this.gateway = gateway;
        this.journal = journal;
        this.tally = tally;
        this.watch = watch;
    }

    /** @param dueAtNanos when the order was due: its latency counts from there */
    void buy(OrderRequest order, long dueAtNanos) throws InterruptedException {
        journal.placed(catalogue.ticket(order));
        tally.placed();
        switch (place(order)) {
            case Answer.Known(Told told, String reason) -> tell(order, told, reason, dueAtNanos);
            case Answer.Overloaded _ -> tell(order, Told.REJECTED, "overloaded", dueAtNanos);
            case Answer.Missing _ -> tell(order, Told.REJECTED, "no_such_address", dueAtNanos);
            case Answer.Unknown(String reason) -> {
                tell(order, Told.UNKNOWN, reason, dueAtNanos);
                resolve(order.requestId());
            }
        }
    }

    private void tell(OrderRequest order, Told told, String reason, long dueAtNanos) {
        journal.told(order.requestId(), told, reason);
        tally.told(order.mode(), told, System.nanoTime() - dueAtNanos);
    }

    private Answer place(OrderRequest order) throws InterruptedException {
        long firstSentAtNanos = System.nanoTime();
        boolean mayBeUnderWay = false;
        Answer answer = new Answer.Overloaded();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            if (attempt > 1) {
                Thread.sleep(RETRY_PAUSE_MILLIS * (attempt - 1));
            }
            answer = gateway.place(order);
            if (answer instanceof Answer.Known(Told told, String _)) {
                if (told == Told.CONFIRMED) {
                    // Of the first attempt: an earlier one may have brought the decision about.
                    watch.decided(firstSentAtNanos);
                }
                return answer;
            }
            mayBeUnderWay |= answer instanceof Answer.Unknown;
        }
        return mayBeUnderWay && !(answer instanceof Answer.Unknown) ? new Answer.Unknown("no_answer") : answer;
    }

    private void resolve(String requestId) throws InterruptedException {
        long missingSinceNanos = System.nanoTime();
        Pause pause = new Pause(FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS, RESOLVE_SECONDS);
        do {
            switch (gateway.lookUp(requestId)) {
                case Answer.Known(Told told, String reason) -> {
                    resolved(requestId, told, reason);
                    return;
                }
                case Answer.Missing _ -> {
                    if (System.nanoTime() - missingSinceNanos >= BELIEVED_AFTER_NANOS) {
                        resolved(requestId, Told.REJECTED, "never_begun");
                        return;
                    }
                }
                case Answer.Overloaded _ -> missingSinceNanos = System.nanoTime();
                case Answer.Unknown _ -> missingSinceNanos = System.nanoTime();
            }
        } while (pause.goOn());
    }

    private void resolved(String requestId, Told told, String reason) {
        journal.resolved(requestId, told, reason);
        tally.resolved(told);
    }
}
