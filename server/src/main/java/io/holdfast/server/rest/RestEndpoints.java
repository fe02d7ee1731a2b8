package io.holdfast.server.rest;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.engine.Coordinator;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.ErrorAnswers;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.http.RequestBodies;
import io.holdfast.server.http.Traffic;
import io.holdfast.server.nativeapi.NativeApi;
import io.holdfast.server.ops.ServerMetrics;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The endpoints of the native interface under {@code /api/v1}, as the OpenAPI document describes them. */
public final class RestEndpoints {

    static final String TRANSACTIONS = "/api/v1/transactions";
    private static final String ONE = TRANSACTIONS + "/{gid}";
    /** Larger bodies are parsed elsewhere: they would hold up every other connection of the event loop. */
    private static final int MAX_BYTES_ON_EVENT_LOOP = 64 << 10;

    private final Lifecycle lifecycle;
    private final Traffic traffic;
    private final RequestBodies bodies;
    private final ServerMetrics metrics;
    private final ErrorAnswers errors;
    private final RestHandlers handlers;
    private final EventStreams events;

    public RestEndpoints(Lifecycle lifecycle, Traffic traffic, RequestBodies bodies, ServerMetrics metrics,
            ErrorAnswers errors, NativeApi api) {
        this.lifecycle = lifecycle;
        this.traffic = traffic;
        this.bodies = bodies;
        this.metrics = metrics;
        this.errors = errors;
        this.handlers = new RestHandlers(api);
        this.events = new EventStreams(api, lifecycle);
    }

    public void bind(ServerBuilder server) {
        new OpenApiDocument().bind(server, metrics);
        post(server, "/api/v1/gids", "newGids", handlers::newGids);
        post(server, TRANSACTIONS, "begin", handlers::begin);
        post(server, "/api/v1/sagas", "beginSaga", handlers::beginSaga);
        post(server, ONE + "/branches", "registerBranches", handlers::register);
        post(server, ONE + "/decision", "decide", handlers::decide);
        post(server, "/api/v1/heartbeats", "heartbeat", handlers::heartbeat);
        post(server, ONE + "/operator/{action}", "operate", handlers::operate);
        post(server, "/api/v1/operator/{action}", "operateAll", handlers::operateAll);
        get(server, TRANSACTIONS, "listTransactions", handlers::list);
        get(server, ONE, "getTransaction", handlers::get);
        get(server, ONE + "/wait", "waitForEnd", handlers::waitForEnd);
        bind(server, HttpMethod.GET, ONE + "/events", "watchTransaction", (context, request) -> {
            Coordinator coordinator = lifecycle.coordinator();
            return coordinator == null
                    ? Answers.starting().toHttpResponse()
                    : HttpResponse.of(events.open(coordinator, context)
                            .exceptionally(failure -> failed(context, failure).toHttpResponse()));
        });
    }

    private void get(ServerBuilder server, String path, String name, Handler handler) {
        bind(server, HttpMethod.GET, path, name, (context, request) -> {
            Coordinator coordinator = lifecycle.coordinator();
            return streamed(context, coordinator == null
                    ? CompletableFuture.completedFuture(Answers.starting())
                    : attempt(handler, new RestRequest(coordinator, context, request.headers(), new byte[0])));
        });
    }

    private void post(ServerBuilder server, String path, String name, Handler handler) {
        bind(server, HttpMethod.POST, path, name, (context, request) -> streamed(context,
                bodies.receive(context, request).thenCompose(whole -> {
                    Coordinator coordinator = lifecycle.coordinator();
                    return coordinator == null
                            ? CompletableFuture.completedFuture(Answers.starting())
                            : handled(coordinator, context, whole, handler);
                })));
    }

    private static CompletableFuture<AggregatedHttpResponse> handled(Coordinator coordinator,
            ServiceRequestContext context, AggregatedHttpRequest whole, Handler handler) {
        Executor executor = whole.content().length() > MAX_BYTES_ON_EVENT_LOOP
                ? context.blockingTaskExecutor()
                : Runnable::run;
        return CompletableFuture.completedFuture(whole).thenComposeAsync(request -> attempt(handler,
                new RestRequest(coordinator, context, request.headers(), request.content().array())), executor);
    }

    private static CompletableFuture<AggregatedHttpResponse> attempt(Handler handler, RestRequest request) {
        try {
            return handler.answer(request);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Metrics outermost, so that they count what is refused too. */
    private void bind(ServerBuilder server, HttpMethod method, String path, String name, HttpService service) {
        server.service(Route.builder().path(path).methods(method).build(),
                metrics.measured("v1_" + name, service.decorate(traffic)));
    }

    private HttpResponse streamed(ServiceRequestContext context, CompletableFuture<AggregatedHttpResponse> answer) {
        return HttpResponse.of(answer.exceptionally(failure -> failed(context, failure))
                .thenApply(AggregatedHttpResponse::toHttpResponse));
    }

    private AggregatedHttpResponse failed(ServiceRequestContext context, Throwable failure) {
        AggregatedHttpResponse refusal = RestAnswers.refusal(failure);
        return refusal == null ? errors.answer(context, failure) : refusal;
    }

    /** May refuse by throwing. */
    interface Handler {
        CompletableFuture<AggregatedHttpResponse> answer(RestRequest request);
    }
}
