package io.holdfast.server.dtm;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.engine.Coordinator;
import io.holdfast.server.Version;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.ErrorAnswers;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.http.RequestBodies;
import io.holdfast.server.http.Traffic;
import io.holdfast.server.ops.ServerMetrics;
import io.holdfast.server.participant.AddressGuard;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The HTTP endpoints of dtm under {@code /api/dtmsvr}, as far as TCC and Saga need them. */
public final class DtmEndpoints {

    private static final String PREFIX = "/api/dtmsvr/";
    /** Larger bodies are parsed elsewhere: they would hold up every other connection of the event loop. */
    private static final int MAX_BYTES_ON_EVENT_LOOP = 64 << 10;

    private final Lifecycle lifecycle;
    private final Traffic traffic;
    private final RequestBodies bodies;
    private final ServerMetrics metrics;
    private final ErrorAnswers errors;
    private final DtmTcc tcc;
    private final DtmSaga saga;

    public DtmEndpoints(Lifecycle lifecycle, Traffic traffic, RequestBodies bodies, ServerMetrics metrics,
            ErrorAnswers errors,
            AddressGuard guard,
            int maxBranches) {
        this.lifecycle = lifecycle;
        this.traffic = traffic;
        this.bodies = bodies;
        this.metrics = metrics;
        this.errors = errors;
        this.tcc = new DtmTcc(guard);
        this.saga = new DtmSaga(guard, maxBranches);
    }

    public void bind(ServerBuilder server) {
        bind(server, HttpMethod.GET, "version", (context, request) -> DtmAnswers
                .ok(Answers.object().put("version", "v" + Version.CURRENT)).toHttpResponse());
        get(server, "newGid", (coordinator, context) -> CompletableFuture.completedFuture(DtmAnswers
                .ok(Answers.object().put("gid", coordinator.newGid()).put("dtm_result", "SUCCESS"))));
        get(server, "query", (coordinator, context) -> DtmQueries.query(coordinator,
                context.queryParams(), context.blockingTaskExecutor()));
        get(server, "all", (coordinator, context) -> DtmQueries.all(coordinator, context.queryParams(),
                context.blockingTaskExecutor()));
        post(server, "prepare", this::prepare);
        post(server, "submit", this::submit);
        post(server, "abort", this::abort);
        post(server, "registerBranch", tcc::register);
        post(server, "registerTccBranch", tcc::register);
        post(server, "registerXaBranch", tcc::register);
        post(server, "forceStop", DtmOperations::forceStop);
        post(server, "resetNextCronTime", DtmOperations::resetNextCronTime);
    }

    private CompletableFuture<AggregatedHttpResponse> prepare(DtmRequest request) throws DtmProblem {
        String transType = request.transType();
        requireHttp(request);
        return switch (transType) {
            case "tcc" -> tcc.prepare(request);
            case "saga" -> throw DtmProblem.field("trans_type", transType, "tcc; a saga is not prepared, its submit"
                    + " begins it");
            default -> now(DtmTypes.refused(transType));
        };
    }

    private CompletableFuture<AggregatedHttpResponse> submit(DtmRequest request) throws DtmProblem {
        String transType = request.transType();
        requireHttp(request);
        return switch (transType) {
            case "tcc" -> tcc.submit(request);
            case "saga" -> saga.submit(request);
            default -> now(DtmTypes.refused(transType));
        };
    }

    private CompletableFuture<AggregatedHttpResponse> abort(DtmRequest request) throws DtmProblem {
        return switch (request.transType()) {
            case "msg", "xa", "workflow" -> now(DtmTypes.refused(request.transType()));
            default -> tcc.abort(request);
        };
    }

    private static void requireHttp(DtmRequest request) throws DtmProblem {
        String protocol = request.body().text("protocol", 64);
        if (!protocol.isEmpty() && !protocol.equals("http")) {
            throw DtmProblem.field("protocol", protocol, "http, which is the default");
        }
    }

    private static CompletableFuture<AggregatedHttpResponse> now(AggregatedHttpResponse answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private void get(ServerBuilder server, String name, Query query) {
        bind(server, HttpMethod.GET, name, (context, request) -> {
            Coordinator coordinator = lifecycle.coordinator();
            return streamed(context, coordinator == null
                    ? now(Answers.starting())
                    : answered(() -> query.answer(coordinator, context)));
        });
    }

    private void post(ServerBuilder server, String name, Handler handler) {
        bind(server, HttpMethod.POST, name, (context, request) -> streamed(context,
                bodies.receive(context, request).thenCompose(whole -> {
                    Coordinator coordinator = lifecycle.coordinator();
                    return coordinator == null
                            ? now(Answers.starting())
                            : handled(context, coordinator, whole, handler);
                })));
    }

    /** Metrics outermost, so that they count what is refused too. */
    private void bind(ServerBuilder server, HttpMethod method, String name, HttpService service) {
        server.service(Route.builder().path(PREFIX + name).methods(method).build(),
                metrics.measured("dtm_" + name, service.decorate(traffic)));
    }

    private static CompletableFuture<AggregatedHttpResponse> handled(ServiceRequestContext context,
            Coordinator coordinator, AggregatedHttpRequest whole, Handler handler) {
        Executor executor = whole.content().length() > MAX_BYTES_ON_EVENT_LOOP
                ? context.blockingTaskExecutor()
                : Runnable::run;
        return CompletableFuture.completedFuture(whole).thenComposeAsync(request -> answered(() -> handler.answer(
                new DtmRequest(coordinator, request.headers(), DtmBody.parse(request.content().array())))), executor);
    }

    private static CompletableFuture<AggregatedHttpResponse> answered(Attempt attempt) {
        try {
            return attempt.answer();
        } catch (DtmProblem problem) {
            return now(problem.answer());
        }
    }

    private HttpResponse streamed(ServiceRequestContext context, CompletableFuture<AggregatedHttpResponse> answer) {
        return HttpResponse.of(answer.exceptionally(failure -> errors.answer(context, failure))
                .thenApply(AggregatedHttpResponse::toHttpResponse));
    }

    private interface Query {
        CompletableFuture<AggregatedHttpResponse> answer(Coordinator coordinator, ServiceRequestContext context)
                throws DtmProblem;
    }

    private interface Handler {
        CompletableFuture<AggregatedHttpResponse> answer(DtmRequest request) throws DtmProblem;
    }

    private interface Attempt {
        CompletableFuture<AggregatedHttpResponse> answer() throws DtmProblem;
    }
}
