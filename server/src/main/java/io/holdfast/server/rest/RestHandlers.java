package io.holdfast.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.server.http.Answers;
import io.holdfast.server.nativeapi.ApiProblem;
import io.holdfast.server.nativeapi.BatchOrder;
import io.holdfast.server.nativeapi.Beginning;
import io.holdfast.server.nativeapi.Bounds;
import io.holdfast.server.nativeapi.NativeApi;
import io.holdfast.server.rest.JsonBody.Names;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What each endpoint does. Answers are put together on the event loop or, where they may be large, on an executor: the engine
 * completes its futures on the thread of the core, which must not be kept from its work.
 */
final class RestHandlers {

    private static final int MAX_CURSOR_CHARS = 64;
    private static final Set<String> LIST = Set.of("state", "mode", "businessKey", "from", "to", "needsAttention",
            "paused", "limit", "cursor");

    private final NativeApi api;

    RestHandlers(NativeApi api) {
        this.api = api;
    }

    CompletableFuture<AggregatedHttpResponse> newGids(RestRequest request) {
        int count = request.query(Set.of("count"), Set.of()).number("count", 1, 1, Bounds.MAX_AT_ONCE);
        ObjectNode body = Answers.object();
        ArrayNode gids = body.putArray("gids");
        api.newGids(request.coordinator(), count).forEach(gids::add);
        return CompletableFuture.completedFuture(RestAnswers.ok(body));
    }

    CompletableFuture<AggregatedHttpResponse> begin(RestRequest request) {
        return begin(request, null);
    }

    CompletableFuture<AggregatedHttpResponse> beginSaga(RestRequest request) {
        return begin(request, Mode.SAGA);
    }

    private CompletableFuture<AggregatedHttpResponse> begin(RestRequest request, @Nullable Mode mode) {
        request.requireNoQuery();
        Beginning beginning = RequestJson.beginning(request.body(), request.headers(), mode);
        return answer(request, api.begin(request.coordinator(), beginning), done -> done.changed()
                ? RestAnswers.created(done.transaction(), status(done))
                : RestAnswers.ok(status(done)));
    }

    CompletableFuture<AggregatedHttpResponse> register(RestRequest request) {
        request.requireNoQuery();
        return answer(request,
                api.register(request.coordinator(), request.gid(), RequestJson.register(request.body())),
                done -> RestAnswers.ok(status(done)));
    }

    CompletableFuture<AggregatedHttpResponse> decide(RestRequest request) {
        request.requireNoQuery();
        RequestJson.DecisionRequest decision = RequestJson.decision(request.body());
        return answer(request,
                api.decide(request.coordinator(), request.gid(), decision.decision(), decision.reason(),
                        decision.tryResults()),
                done -> RestAnswers.state(done.transaction(), status(done)));
    }

    CompletableFuture<AggregatedHttpResponse> heartbeat(RestRequest request) {
        request.requireNoQuery();
        return answer(request, api.heartbeat(request.coordinator(), RequestJson.heartbeat(request.body())), alive -> {
            ObjectNode body = Answers.object().put("noted", alive.noted());
            ArrayNode ignored = body.putArray("ignored");
            alive.ignored().forEach(ignored::add);
            return RestAnswers.ok(body);
        });
    }

    CompletableFuture<AggregatedHttpResponse> operate(RestRequest request) {
        request.requireNoQuery();
        RequestJson.OperatorRequest order = RequestJson.operator(request.body(),
                RequestJson.action(request.path("action")));
        return answer(request, api.operate(request.coordinator(), request.gid(), order.order(), order.confirmGid()),
                done -> RestAnswers.ok(status(done)));
    }

    CompletableFuture<AggregatedHttpResponse> operateAll(RestRequest request) {
        request.requireNoQuery();
        BatchOrder batch = RequestJson.batch(request.body(), RequestJson.action(request.path("action")));
        return api.operateAll(request.coordinator(), batch)
                .thenApplyAsync(RestHandlers::batch, request.context().blockingTaskExecutor());
    }

    private static AggregatedHttpResponse batch(BatchOrder.Result result) {
        ObjectNode body = Answers.object().put("dryRun", result.dryRun()).put("matched", result.gids().size());
        if (!result.nextCursor().isEmpty()) {
            body.put("nextCursor", result.nextCursor());
        }
        ArrayNode gids = body.putArray("gids");
        result.gids().forEach(gids::add);
        body.put("applied", result.applied());
        ArrayNode refused = body.putArray("refused");
        result.refused().forEach(one -> refused.addObject().put("gid", one.gid()).put("code", one.code())
                .put("message", one.message()));
        return RestAnswers.ok(body);
    }

    CompletableFuture<AggregatedHttpResponse> get(RestRequest request) {
        request.requireNoQuery();
        return api.find(request.coordinator(), request.gid()).thenApplyAsync(
                view -> RestAnswers.ok(TransactionJson.view(view)), request.context().blockingTaskExecutor());
    }

    CompletableFuture<AggregatedHttpResponse> waitForEnd(RestRequest request) {
        int millis = request.query(Set.of("timeoutMillis"), Set.of()).number("timeoutMillis",
                Bounds.DEFAULT_WAIT_MILLIS, 0, Bounds.MAX_WAIT_MILLIS);
        return answer(request, api.waitForEnd(request.coordinator(), request.gid(), millis),
                transaction -> RestAnswers.state(transaction, TransactionJson.status(transaction)));
    }

    CompletableFuture<AggregatedHttpResponse> list(RestRequest request) {
        QueryFields query = request.query(LIST, Set.of("state"));
        List<State> states = query.texts("state").stream()
                .map(state -> Names.parse("state", state, State.class, false)).toList();
        String mode = query.text("mode");
        String cursor = query.text("cursor");
        if (cursor.length() > MAX_CURSOR_CHARS) {
            throw ApiProblem.field("cursor", ApiProblem.shown(cursor), "nextCursor of the page before");
        }
        return list(request.coordinator(),
                new ListQuery(states, mode.isEmpty() ? null : Names.parse("mode", mode, Mode.class, true),
                        query.text("businessKey"), Times.parse("from", query.text("from")),
                        Times.parse("to", query.text("to")), query.flag("needsAttention"), query.flag("paused"),
                        cursor, query.number("limit", Bounds.DEFAULT_PAGE, 1, Bounds.MAX_AT_ONCE)),
                request.context().blockingTaskExecutor());
    }

    private CompletableFuture<AggregatedHttpResponse> list(Coordinator coordinator, ListQuery query,
            Executor executor) {
        return api.list(coordinator, query).thenApplyAsync(RestHandlers::page, executor);
    }

    private static AggregatedHttpResponse page(Page page) {
        ObjectNode body = Answers.object();
        ArrayNode transactions = body.putArray("transactions");
        for (Transaction transaction : page.transactions()) {
            transactions.add(TransactionJson.summary(transaction));
        }
        if (!page.nextCursor().isEmpty()) {
            body.put("nextCursor", page.nextCursor());
        }
        return RestAnswers.ok(body);
    }

    private static ObjectNode status(Reply.Done done) {
        return TransactionJson.status(done.transaction(), done.changed());
    }

    private static <T> CompletableFuture<AggregatedHttpResponse> answer(RestRequest request,
            CompletableFuture<T> result, Function<T, AggregatedHttpResponse> answer) {
        return result.thenApplyAsync(answer, request.context().eventLoop());
    }
}
