package io.holdfast.server.grpc;

import io.holdfast.core.Reply;
import io.holdfast.engine.Coordinator;
import io.holdfast.rpc.v1.BeginRequest;
import io.holdfast.rpc.v1.DecideRequest;
import io.holdfast.rpc.v1.GetRequest;
import io.holdfast.rpc.v1.HeartbeatReply;
import io.holdfast.rpc.v1.HeartbeatRequest;
import io.holdfast.rpc.v1.RegisterRequest;
import io.holdfast.rpc.v1.Transaction;
import io.holdfast.rpc.v1.TransactionStatus;
import io.holdfast.rpc.v1.WaitRequest;
import io.holdfast.server.nativeapi.Bounds;
import io.holdfast.server.nativeapi.NativeApi;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The operations that calls and streams share, from message to message. Each may refuse by throwing. */
final class ProtoOperations {

    private final NativeApi api;

    ProtoOperations(NativeApi api) {
        this.api = api;
    }

    CompletableFuture<TransactionStatus> begin(Coordinator coordinator, BeginRequest request, String traceparent) {
        return api.begin(coordinator, ProtoRequests.beginning(request, traceparent)).thenApply(ProtoOperations::status);
    }

    CompletableFuture<TransactionStatus> register(Coordinator coordinator, RegisterRequest request) {
        return api.register(coordinator, ProtoRequests.known(request).getGid(),
                ProtoRequests.branches(request.getBranchesList())).thenApply(ProtoOperations::status);
    }

    CompletableFuture<TransactionStatus> decide(Coordinator coordinator, DecideRequest request) {
        return api.decide(coordinator, ProtoRequests.known(request).getGid(),
                ProtoNames.decision(request.getDecision()), request.getReason(), ProtoRequests.tryResults(request))
                .thenApply(ProtoOperations::status);
    }

    CompletableFuture<Transaction> get(Coordinator coordinator, GetRequest request, Executor executor) {
        return api.find(coordinator, ProtoRequests.known(request).getGid()).thenApplyAsync(ProtoViews::view, executor);
    }

    CompletableFuture<TransactionStatus> waitForEnd(Coordinator coordinator, WaitRequest request) {
        return api.waitForEnd(coordinator, ProtoRequests.known(request).getGid(),
                request.hasTimeoutMillis() ? request.getTimeoutMillis() : Bounds.DEFAULT_WAIT_MILLIS)
                .thenApply(transaction -> ProtoViews.status(transaction, false));
    }

    CompletableFuture<HeartbeatReply> heartbeat(Coordinator coordinator, HeartbeatRequest request) {
        return api.heartbeat(coordinator, ProtoRequests.known(request).getGidsList()).thenApply(alive -> HeartbeatReply
                .newBuilder().setNoted(alive.noted()).addAllIgnored(alive.ignored()).build());
    }

    static TransactionStatus status(Reply.Done done) {
        return ProtoViews.status(done.transaction(), done.changed());
    }
}
