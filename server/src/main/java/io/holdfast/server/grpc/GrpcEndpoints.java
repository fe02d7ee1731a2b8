package io.holdfast.server.grpc;

import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.holdfast.rpc.v1.CoordinatorGrpc;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.http.RequestBodies;
import io.holdfast.server.http.Traffic;
import io.holdfast.server.nativeapi.NativeApi;
import io.holdfast.server.ops.ServerMetrics;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Serves holdfast.v1 on the port of everything else. */
public final class GrpcEndpoints {

    private final Lifecycle lifecycle;
    private final Traffic traffic;
    private final RequestBodies bodies;
    private final ServerMetrics metrics;
    private final NativeApi api;
    private final int maxMessageBytes;

    public GrpcEndpoints(Lifecycle lifecycle, Traffic traffic, RequestBodies bodies, ServerMetrics metrics,
            NativeApi api, int maxMessageBytes) {
        this.lifecycle = lifecycle;
        this.traffic = traffic;
        this.bodies = bodies;
        this.metrics = metrics;
        this.api = api;
        this.maxMessageBytes = maxMessageBytes;
    }

    public void bind(ServerBuilder server) {
        GrpcService service = GrpcService.builder().addService(new CoordinatorService(lifecycle, api))
                .supportedSerializationFormats(GrpcSerializationFormats.PROTO).maxRequestMessageLength(maxMessageBytes)
                .exceptionHandler((context, status, cause, metadata) -> RequestBodies.isRefusal(cause)
                        ? GrpcErrors.noRoom(metadata)
                        : status)
                .build();
        ServiceDescriptor descriptor = CoordinatorGrpc.getServiceDescriptor();
        Map<String, String> names = descriptor.getMethods().stream().collect(
                Collectors.toMap(method -> "/" + method.getFullMethodName(), method -> method.getBareMethodName()));
        // Metrics outermost, so that they count what is refused too.
        server.service(service, inner -> inner.decorate(this::counted).decorate(traffic)
                .decorate((delegate, context, request) -> measured(names, delegate, context, request)));
    }

    /** What is received of a call is bounded as elsewhere; a stream lasts, and is bounded by what is under way on it. */
    private HttpResponse counted(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        if (context.path().endsWith("/Connect")) {
            return delegate.serve(context, request);
        }
        HttpRequest counted = bodies.counted(context, request);
        context.updateRequest(counted);
        return delegate.serve(context, counted);
    }

    private HttpResponse measured(Map<String, String> names, HttpService delegate, ServiceRequestContext context,
            HttpRequest request) throws Exception {
        long startNanos = System.nanoTime();
        CompletableFuture<Void> unused = context.log().whenComplete().thenAccept(log -> {
            HttpHeaders trailers = log.responseTrailers();
            String status = trailers.get("grpc-status", log.responseHeaders().get("grpc-status", "none"));
            metrics.grpcCall(names.getOrDefault(context.path(), "other"), statusName(status),
                    System.nanoTime() - startNanos);
        });
        return delegate.serve(context, request);
    }

    /** One of the few names that there are: what is no number is none of ours. */
    private static String statusName(String status) {
        return status.matches("[0-9]{1,2}") ? Status.fromCodeValue(Integer.parseInt(status)).getCode().name() : "NONE";
    }
}
