package io.holdfast.server.ops;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.http.Lifecycle.Phase;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Health, metrics and ping. */
public final class OpsEndpoints {

    /** The content type of the text format of Prometheus. */
    private static final MediaType PROMETHEUS = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private final Lifecycle lifecycle;
    private final ServerMetrics metrics;

    public OpsEndpoints(Lifecycle lifecycle, ServerMetrics metrics) {
        this.lifecycle = lifecycle;
        this.metrics = metrics;
    }

    public void bind(ServerBuilder server) {
        get(server, "/health/live", "live", (context, request) -> Answers.response(HttpStatus.OK,
                Answers.object().put("status", "live")));
        get(server, "/health/ready", "ready", (context, request) -> ready());
        HttpService scrape = (context, request) -> HttpResponse.of(CompletableFuture.supplyAsync(
                () -> HttpResponse.of(HttpStatus.OK, PROMETHEUS, metrics.scrape()), context.blockingTaskExecutor()));
        get(server, "/metrics", "metrics", scrape);
        get(server, "/api/metrics", "metrics", scrape);
        HttpService ping = (context, request) -> Answers.response(HttpStatus.OK, Answers.object().put("msg", "pong"));
        server.service("/api/ping", metrics.measured("ping", ping));
    }

    private void get(ServerBuilder server, String path, String name, HttpService service) {
        server.service(Route.builder().path(path).methods(HttpMethod.GET,
                HttpMethod.HEAD).build(), metrics.measured(name, service));
    }

    private HttpResponse ready() {
        Phase phase = lifecycle.phase();
        if (phase == Phase.READY && !lifecycle.hasLeader()) {
            return Answers.response(HttpStatus.SERVICE_UNAVAILABLE, Answers.object().put("status", "no_leader"));
        }
        return Answers.response(phase == Phase.READY ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE,
                Answers.object().put("status", phase.name().toLowerCase(Locale.ROOT)));
    }
}
