package io.holdfast.server.dtm;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.holdfast.api.State;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Coordinator.EngineUnavailable;
import io.holdfast.engine.Coordinator.Overloaded;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code wait_result}: the answer to a submit waits for the end.
 * <p>
 * A weakness of dtm that this wire cannot avoid: a Saga that is not finished in time is answered 409 FAILURE, just as one
 * that was rolled back, though it is still running. Only the message and a later query tell them apart. Its clients expect it
 * so; what can be done is to wait long enough that it is rare. A TCC in the same case is answered 425 ONGOING.
 */
final class DtmWait {

    /** Clients and proxies rarely wait longer. */
    private static final long MAX_WAIT_MILLIS = 30_000;
    private static final long MARGIN_MILLIS = 2_000;

    private DtmWait() {
    }

    static CompletableFuture<AggregatedHttpResponse> forSaga(Coordinator coordinator, Transaction begun) {
        return whenFinished(coordinator, begun,
                () -> DtmAnswers.failure("wait result not return success: FAILURE"));
    }

    static CompletableFuture<AggregatedHttpResponse> forTcc(Coordinator coordinator, Transaction decided) {
        return whenFinished(coordinator, decided,
                () -> DtmAnswers.ongoing("decided, but not every branch is confirmed yet. ONGOING"));
    }

    private static CompletableFuture<AggregatedHttpResponse> whenFinished(Coordinator coordinator,
            Transaction transaction, Supplier<AggregatedHttpResponse> unfinished) {
        if (transaction.state().isFinished()) {
            return CompletableFuture.completedFuture(finished(transaction));
        }
        CompletableFuture<@Nullable Transaction> end = coordinator.whenFinished(transaction.gid());
        return end.copy().orTimeout(waitMillis(transaction), TimeUnit.MILLISECONDS).handle((last, failure) -> {
            if (failure instanceof TimeoutException) {
                // Lets the engine forget a watcher that nobody listens to any more.
                end.cancel(false);
                return unfinished.get();
            }
            if (failure != null) {
                throw new CompletionException(asUnknown(failure));
            }
            return last == null ? unfinished.get() : finished(last);
        });
    }

    /** What was to be waited for has been accepted, so not even "too many wait" is a refusal here. */
    private static Throwable asUnknown(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        return cause instanceof Overloaded ? new EngineUnavailable(String.valueOf(cause.getMessage())) : cause;
    }

    /** Every branch may take the whole of its time-out, within reason. */
    private static long waitMillis(Transaction transaction) {
        long calls = Math.max(1, transaction.branches().size());
        return Math.min(MAX_WAIT_MILLIS,
                MARGIN_MILLIS + calls * transaction.terms().policy().requestTimeoutMillis());
    }

    private static AggregatedHttpResponse finished(Transaction transaction) {
        return transaction.state() == State.CONFIRMED
                ? DtmAnswers.success()
                : DtmAnswers.failure(transaction.reason() + " FAILURE");
    }
}
