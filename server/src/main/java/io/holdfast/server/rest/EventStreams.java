package io.holdfast.server.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.nativeapi.NativeApi;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Opens streams of server-sent events. Thread-safe. */
final class EventStreams {

    private final NativeApi api;
    private final Lifecycle lifecycle;

    EventStreams(NativeApi api, Lifecycle lifecycle) {
        this.api = api;
        this.lifecycle = lifecycle;
    }

    /** Fails with {@link io.holdfast.server.nativeapi.ApiProblem} if there is nothing to watch. */
    CompletableFuture<HttpResponse> open(Coordinator coordinator, ServiceRequestContext context) {
        HttpResponseWriter writer = HttpResponse.streaming();
        EventStream stream = new EventStream(writer, context.eventLoop());
        CompletableFuture<Coordinator.Watch> watching;
        try {
            new QueryFields(context.queryParams(), Set.of(), Set.of());
            String gid = context.pathParam("gid");
            watching = api.watch(coordinator, gid == null ? "" : gid,
                    (Transaction changed) -> context.eventLoop().execute(() -> stream.changed(changed)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return watching.thenApplyAsync(watch -> {
            context.clearRequestTimeout();
            writer.write(ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, MediaType.EVENT_STREAM,
                    HttpHeaderNames.CACHE_CONTROL, "no-store"));
            Lifecycle.Registration atStop = lifecycle
                    .atDrain(() -> context.eventLoop().execute(stream::end));
            CompletableFuture<Void> unused = writer.whenComplete().handle((nothing, failure) -> {
                atStop.cancel();
                watch.end();
                return null;
            });
            stream.start();
            return writer;
        }, context.eventLoop());
    }
}
