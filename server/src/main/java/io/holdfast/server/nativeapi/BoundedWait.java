package io.holdfast.server.nativeapi;

import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.server.http.Lifecycle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a transaction, but not for ever, and not longer than the server runs. */
final class BoundedWait {

    private final Coordinator coordinator;
    private final String gid;

    BoundedWait(Coordinator coordinator, String gid) {
        this.coordinator = coordinator;
        this.gid = gid;
    }

    /** The state at the end, or when the time is up, or when the server begins to stop. */
    CompletableFuture<Transaction> within(long timeoutMillis, Lifecycle lifecycle) {
        CompletableFuture<@Nullable Transaction> end = coordinator.whenFinished(gid);
        CompletableFuture<Boolean> ended = end.thenApply(last -> true);
        Lifecycle.Registration atStop = lifecycle.atDrain(() -> ended.complete(false));
        return ended.completeOnTimeout(false, timeoutMillis, TimeUnit.MILLISECONDS)
                .whenComplete((isOver, failure) -> atStop.cancel()).thenCompose(isOver -> {
                    if (isOver) {
                        return end.thenApply(last -> NativeApi.known(gid, last));
                    }
                    // Lets the engine forget a watcher that nobody listens to any more.
                    end.cancel(false);
                    return coordinator.find(gid).thenApply(view -> NativeApi.known(gid, view))
                            .thenApply(TransactionView::transaction);
                });
    }
}
