package io.holdfast.server.workers.pool;

import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.holdfast.rpc.v1.PoolFrame;
import io.holdfast.rpc.v1.WorkerFrame;
import io.holdfast.rpc.v1.WorkersGrpc;

/** Takes the streams of workers. They last until the server closes its port: whoever waits for an end still needs calls. */
public final class WorkerService extends WorkersGrpc.WorkersImplBase {

    /** How the paths of its calls begin: each node has its own workers. */
    public static final String PATH = "/" + WorkersGrpc.SERVICE_NAME + "/";
    /** Results are a word or a short error each. */
    private static final int MAX_FRAME_BYTES = 8 << 20;

    private final WorkerPool pool;

    public WorkerService(WorkerPool pool) {
        this.pool = pool;
    }

    public void bind(ServerBuilder server) {
        server.service(GrpcService.builder().addService(this)
                .supportedSerializationFormats(GrpcSerializationFormats.PROTO).maxRequestMessageLength(MAX_FRAME_BYTES)
                .build());
    }

    @Override
    public StreamObserver<WorkerFrame> work(StreamObserver<PoolFrame> observer) {
        ServiceRequestContext context = ServiceRequestContext.current();
        context.clearRequestTimeout();
        // A stream has no length; what is on the way is bounded by the slots.
        context.setMaxRequestLength(0);
        WorkerSession session = new WorkerSession(pool, (ServerCallStreamObserver<PoolFrame>) observer,
                context.eventLoop());
        session.start();
        return session;
    }
}
