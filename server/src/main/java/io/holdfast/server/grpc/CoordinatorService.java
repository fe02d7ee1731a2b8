package io.holdfast.server.grpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.holdfast.engine.Coordinator;
import io.holdfast.rpc.v1.BeginRequest;
import io.holdfast.rpc.v1.ClientFrame;
import io.holdfast.rpc.v1.CoordinatorGrpc.CoordinatorImplBase;
import io.holdfast.rpc.v1.DecideRequest;
import io.holdfast.rpc.v1.GetRequest;
import io.holdfast.rpc.v1.HeartbeatReply;
import io.holdfast.rpc.v1.HeartbeatRequest;
import io.holdfast.rpc.v1.ListReply;
import io.holdfast.rpc.v1.ListRequest;
import io.holdfast.rpc.v1.NewGidsReply;
import io.holdfast.rpc.v1.NewGidsRequest;
import io.holdfast.rpc.v1.OperateAllReply;
import io.holdfast.rpc.v1.OperateAllRequest;
import io.holdfast.rpc.v1.OperateRequest;
import io.holdfast.rpc.v1.RegisterRequest;
import io.holdfast.rpc.v1.ServerFrame;
import io.holdfast.rpc.v1.Transaction;
import io.holdfast.rpc.v1.TransactionStatus;
import io.holdfast.rpc.v1.TransactionSummary;
import io.holdfast.rpc.v1.WaitRequest;
import io.holdfast.rpc.v1.WatchRequest;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.nativeapi.NativeApi;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The calls of holdfast.v1. Thread-safe: no state. */
final class CoordinatorService extends CoordinatorImplBase {

    /** Whoever still sends to a call that has ended. */
    private static final StreamObserver<ClientFrame> IGNORED = new StreamObserver<>() {
        @Override
        public void onNext(ClientFrame frame) {
        }

        @Override
        public void onError(Throwable gone) {
        }

        @Override
        public void onCompleted() {
        }
    };

    private final Lifecycle lifecycle;
    private final NativeApi api;
    private final ProtoOperations operations;

    CoordinatorService(Lifecycle lifecycle, NativeApi api) {
        this.lifecycle = lifecycle;
        this.api = api;
        this.operations = new ProtoOperations(api);
    }

    @Override
    public void newGids(NewGidsRequest request, StreamObserver<NewGidsReply> observer) {
        answer(observer, coordinator -> CompletableFuture.completedFuture(NewGidsReply.newBuilder()
                .addAllGids(api.newGids(coordinator, ProtoRequests.known(request).getCount() == 0
                        ? 1
                        : request.getCount()))
                .build()));
    }

    @Override
    public void begin(BeginRequest request, StreamObserver<TransactionStatus> observer) {
        answer(observer, coordinator -> operations.begin(coordinator, request, GrpcTrace.of(context())));
    }

    @Override
    public void register(RegisterRequest request, StreamObserver<TransactionStatus> observer) {
        answer(observer, coordinator -> operations.register(coordinator, request));
    }

    @Override
    public void decide(DecideRequest request, StreamObserver<TransactionStatus> observer) {
        answer(observer, coordinator -> operations.decide(coordinator, request));
    }

    @Override
    public void get(GetRequest request, StreamObserver<Transaction> observer) {
        Executor executor = context().blockingTaskExecutor();
        answer(observer, coordinator -> operations.get(coordinator, request, executor));
    }

    @Override
    public void wait(WaitRequest request, StreamObserver<TransactionStatus> observer) {
        answer(observer, coordinator -> operations.waitForEnd(coordinator, request));
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatReply> observer) {
        answer(observer, coordinator -> operations.heartbeat(coordinator, request));
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListReply> observer) {
        Executor executor = context().blockingTaskExecutor();
        answer(observer, coordinator -> api.list(coordinator, ProtoRequests.query(request))
                .thenApplyAsync(page -> {
                    ListReply.Builder reply = ListReply.newBuilder().setNextCursor(page.nextCursor());
                    page.transactions().forEach(one -> reply.addTransactions(ProtoViews.summary(one)));
                    return reply.build();
                }, executor));
    }

    @Override
    public void operate(OperateRequest request, StreamObserver<TransactionStatus> observer) {
        answer(observer, coordinator -> {
            NativeApi.Order order = new NativeApi.Order(
                    ProtoNames.action(ProtoRequests.known(request).getAction()), request.getActor(),
                    request.getReason());
            return api.operate(coordinator, request.getGid(), order, request.getConfirmGid())
                    .thenApply(ProtoOperations::status);
        });
    }

    @Override
    public void operateAll(OperateAllRequest request, StreamObserver<OperateAllReply> observer) {
        Executor executor = context().blockingTaskExecutor();
        answer(observer, coordinator -> api.operateAll(coordinator, ProtoRequests.batch(request))
                .thenApplyAsync(ProtoViews::batch, executor));
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<TransactionSummary> observer) {
        Coordinator coordinator = lifecycle.coordinator();
        if (coordinator == null) {
            observer.onError(GrpcErrors.starting());
            return;
        }
        WatchCall.open(api, lifecycle, coordinator, request, observer, context());
    }

    @Override
    public StreamObserver<ClientFrame> connect(StreamObserver<ServerFrame> observer) {
        ServiceRequestContext context = context();
        Coordinator coordinator = lifecycle.coordinator();
        if (coordinator == null) {
            observer.onError(GrpcErrors.starting());
            return IGNORED;
        }
        context.clearRequestTimeout();
        ConnectStream stream = new ConnectStream((ServerCallStreamObserver<ServerFrame>) observer,
                context.eventLoop(), new StreamRequests(operations, lifecycle, coordinator,
                        context.blockingTaskExecutor(), GrpcTrace.of(context)));
        stream.start();
        Lifecycle.Registration atStop = lifecycle.atDrain(() -> context.eventLoop().execute(stream::drain));
        CompletableFuture<Void> unused = context.log().whenComplete().thenAccept(log -> atStop.cancel());
        return stream;
    }

    private static ServiceRequestContext context() {
        return ServiceRequestContext.current();
    }

    /** Answers are sent from the event loop: the engine completes its futures on the thread of the core. */
    private <T> void answer(StreamObserver<T> observer, Function<Coordinator, CompletableFuture<T>> operation) {
        Coordinator coordinator = lifecycle.coordinator();
        if (coordinator == null) {
            observer.onError(GrpcErrors.starting());
            return;
        }
        CompletableFuture<T> result;
        try {
            result = operation.apply(coordinator);
        } catch (RuntimeException e) {
            observer.onError(GrpcErrors.of(e));
            return;
        }
        CompletableFuture<Void> unused = result.handleAsync((message, failure) -> {
            if (failure == null) {
                observer.onNext(message);
                observer.onCompleted();
            } else {
                observer.onError(GrpcErrors.of(failure));
            }
            return null;
        }, context().eventLoop());
    }
}
