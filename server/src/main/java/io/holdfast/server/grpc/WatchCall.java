package io.holdfast.server.grpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import io.holdfast.rpc.v1.TransactionSummary;
import io.holdfast.rpc.v1.WatchRequest;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.nativeapi.NativeApi;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call that watches a transaction. What was not read yet is replaced by what is newer, so that a slow reader costs one
 * message and no more. Owned by an event loop.
 */
final class WatchCall {

    private final ServerCallStreamObserver<TransactionSummary> to;
    private @Nullable Transaction newest;
    private @Nullable TransactionSummary sent;
    private boolean over;

    private WatchCall(ServerCallStreamObserver<TransactionSummary> to) {
        this.to = to;
    }

    static void open(NativeApi api, Lifecycle lifecycle, Coordinator coordinator, WatchRequest request,
            StreamObserver<TransactionSummary> observer, ServiceRequestContext context) {
        WatchCall call = new WatchCall((ServerCallStreamObserver<TransactionSummary>) observer);
        context.clearRequestTimeout();
        call.to.setOnReadyHandler(call::tell);
        CompletableFuture<Coordinator.Watch> watching;
        try {
            watching = api.watch(coordinator, ProtoRequests.known(request).getGid(),
                    changed -> context.eventLoop().execute(() -> call.changed(changed)));
        } catch (RuntimeException e) {
            observer.onError(GrpcErrors.of(e));
            return;
        }
        Lifecycle.Registration atStop = lifecycle.atDrain(() -> context.eventLoop().execute(call::end));
        CompletableFuture<Void> unused = watching.handleAsync((watch, failure) -> {
            if (failure != null) {
                observer.onError(GrpcErrors.of(failure));
            }
            CompletableFuture<Void> ignored = context.log().whenComplete().thenAccept(log -> {
                atStop.cancel();
                if (watch != null) {
                    watch.end();
                }
            });
            return null;
        }, context.eventLoop());
    }

    private void changed(Transaction transaction) {
        newest = transaction;
        tell();
    }

    private void tell() {
        Transaction next = newest;
        if (over || next == null || !to.isReady()) {
            return;
        }
        newest = null;
        TransactionSummary summary = ProtoViews.summary(next);
        // The time of a change that shows in nothing else is no news.
        TransactionSummary news = summary.toBuilder().clearUpdatedUnixMillis().build();
        if (!news.equals(sent)) {
            sent = news;
            to.onNext(summary);
        }
        if (next.state().isFinished()) {
            end();
        }
    }

    private void end() {
        if (!over && !to.isCancelled()) {
            over = true;
            to.onCompleted();
        }
    }
}
