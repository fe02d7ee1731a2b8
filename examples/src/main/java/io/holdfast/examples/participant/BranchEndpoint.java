package io.holdfast.examples.participant;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Speaks dtm's callback convention at one address: query parameters in, status and a short JSON body out. */
final class BranchEndpoint implements HttpService {
    private static final HttpStatus TOO_EARLY = HttpStatus.valueOf(425);

    private final Route route;
    private final FencedStore store;
    private final @Nullable FaultInjector faults;
    private final Executor workers;

    /** @param faults null for a service without injected faults */
    BranchEndpoint(Route route, FencedStore store, @Nullable FaultInjector faults, Executor workers) {
        this.route = route;
        this.store = store;
        this.faults = faults;
        this.workers = workers;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        return HttpResponse.of(request.aggregate().thenApplyAsync(body -> handle(context, body), workers));
    }

    private HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request) {
        Delivery delivery;
        try {
            delivery = parse(context, request);
        } catch (IOException | IllegalArgumentException e) {
            return reply(HttpStatus.BAD_REQUEST, "", String.valueOf(e.getMessage()));
        }
        Supplier<Answer> work = () -> take(delivery);
        return toResponse(faults == null ? work.get() : faults.deliver(delivery, context::isCancelled, work));
    }

    private Answer take(Delivery delivery) {
        try {
            return Answer.of(store.deliver(delivery, route));
        } catch (RejectedException e) {
            return new Answer.Failure(e.reason());
        } catch (SQLException | RuntimeException e) {
            return new Answer.Unknown(String.valueOf(e.getMessage()));
        }
    }

    private Delivery parse(ServiceRequestContext context, AggregatedHttpRequest request) throws IOException {
        String operation = require(context, "op");
        if (!operation.equals(route.operation().wireName())) {
            throw new IllegalArgumentException(
                    "op=" + operation + ", allowed at " + route.path() + ": " + route.operation().wireName());
        }
        return new Delivery(require(context, "gid"), require(context, "branch_id"), route.operation(),
                OrderTicket.fromJson(request.content().array()));
    }

    private static String require(ServiceRequestContext context, String name) {
        String value = context.queryParam(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("query parameter " + name + " is missing");
        }
        return value;
    }

    private static HttpResponse toResponse(Answer answer) {
        return switch (answer) {
            case Answer.Success(String how) -> reply(HttpStatus.OK, "SUCCESS", how);
            case Answer.Failure(String reason) -> reply(HttpStatus.CONFLICT, "FAILURE", reason);
            case Answer.Ongoing _ -> reply(TOO_EARLY, "ONGOING", "");
            case Answer.Unknown(String message) -> reply(HttpStatus.INTERNAL_SERVER_ERROR, "", message);
            case Answer.Cut _ -> cut();
        };
    }

    private static HttpResponse cut() {
        var response = HttpResponse.streaming();
        response.abort();
        return response;
    }

    private static HttpResponse reply(HttpStatus status, String result, String message) {
        return HttpResponse.of(status, MediaType.JSON_UTF_8, Replies.json(result, message));
    }
}
