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
    /** Who has waited so long for an answer is in no hurry; thousands who keep asking would leave no time for orders. */
    private static final long FIRST_PAUSE_MILLIS = 2_000;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
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
            case Answer.NotTaken(String reason) -> tell(order, Told.REJECTED, reason, dueAtNanos);
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
        Answer answer = gateway.place(order);
        // Who is told that nothing was taken stays away: coming back would make three orders of one just when there is no room. What may
        // have been taken is sent again.
        boolean mayBeUnderWay = answer instanceof Answer.Unknown;
        for (int attempt = 2; mayBeUnderWay && attempt <= ATTEMPTS && !(answer instanceof Answer.Known); attempt++) {
            Thread.sleep(RETRY_PAUSE_MILLIS * (attempt - 1));
            answer = gateway.place(order);
        }
        if (answer instanceof Answer.Known(Told told, String _)) {
            if (told == Told.CONFIRMED) {
                // Of the first attempt: an earlier one may have brought the decision about.
                watch.decided(firstSentAtNanos);
            }
            return answer;
        }
        // That nothing was taken of a later attempt says nothing about the first one.
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
                case Answer.NotTaken _ -> missingSinceNanos = System.nanoTime();
                case Answer.Unknown _ -> missingSinceNanos = System.nanoTime();
            }
        } while (pause.goOn());
    }

    private void resolved(String requestId, Told told, String reason) {
        journal.resolved(requestId, told, reason);
        tally.resolved(told);
    }
}
