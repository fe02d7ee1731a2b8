package io.holdfast.server.grpc;

import io.holdfast.api.ErrorCode;
import io.holdfast.engine.Coordinator;
import io.holdfast.rpc.v1.Ping;
import io.holdfast.rpc.v1.StreamReply;
import io.holdfast.rpc.v1.StreamRequest;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.nativeapi.ApiProblem;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What the requests of a stream ask for: the same operations as the calls. */
final class StreamRequests implements ConnectStream.Handler {

    private final ProtoOperations operations;
    private final Lifecycle lifecycle;
    private final Coordinator coordinator;
    private final Executor executor;
    private final String traceparent;

    /** @param traceparent of the stream, for transactions that bring none of their own */
    StreamRequests(ProtoOperations operations, Lifecycle lifecycle, Coordinator coordinator, Executor executor,
            String traceparent) {
        this.operations = operations;
        this.lifecycle = lifecycle;
        this.coordinator = coordinator;
        this.executor = executor;
        this.traceparent = traceparent;
    }

    @Override
    public void handle(StreamRequest request, Consumer<StreamReply.Builder> answer) {
        CompletableFuture<StreamReply.Builder> reply;
        try {
            reply = lifecycle.phase() == Lifecycle.Phase.DRAINING
                    ? CompletableFuture.failedFuture(new ApiProblem(ErrorCode.DRAINING,
                            "the server is stopping and has done nothing of this request: send it again later, or to"
                                    + " another",
                            null, null))
                    : reply(request);
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Void> unused = reply.handle((done, failure) -> {
            answer.accept(failure == null ? done : StreamReply.newBuilder().setError(GrpcErrors.message(failure)));
            return null;
        });
    }

    private CompletableFuture<StreamReply.Builder> reply(StreamRequest request) {
        return switch (ProtoRequests.known(request).getRequestCase()) {
            case BEGIN -> operations.begin(coordinator, request.getBegin(), traceparent)
                    .thenApply(status -> StreamReply.newBuilder().setStatus(status));
            case REGISTER -> operations.register(coordinator, request.getRegister())
                    .thenApply(status -> StreamReply.newBuilder().setStatus(status));
            case DECIDE -> operations.decide(coordinator, request.getDecide())
                    .thenApply(status -> StreamReply.newBuilder().setStatus(status));
            case HEARTBEAT -> operations.heartbeat(coordinator, request.getHeartbeat())
                    .thenApply(alive -> StreamReply.newBuilder().setHeartbeat(alive));
            case GET -> operations.get(coordinator, request.getGet(), executor)
                    .thenApply(transaction -> StreamReply.newBuilder().setTransaction(transaction));
            case WAIT -> operations.waitForEnd(coordinator, request.getWait())
                    .thenApply(status -> StreamReply.newBuilder().setStatus(status));
            case PING -> CompletableFuture
                    .completedFuture(StreamReply.newBuilder().setPong(Ping.getDefaultInstance()));
            case REQUEST_NOT_SET -> throw ApiProblem.field("request", "missing",
                    "begin, register, decide, heartbeat, get, wait, ping");
        };
    }
}
