package io.holdfast.server.workers.pool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import io.holdfast.server.http.Answers;
import io.holdfast.server.ops.ServerMetrics;

/** Which workers are connected to this node, and what each is doing. Thread-safe. */
public final class WorkerEndpoints {

    /** Each node has its own workers. */
    public static final String WORKERS = "/api/v1/workers";

    private final WorkerPool pool;

    public WorkerEndpoints(WorkerPool pool) {
        this.pool = pool;
    }

    public void bind(ServerBuilder server, ServerMetrics metrics) {
        server.service(Route.builder().path(WORKERS).methods(HttpMethod.GET).build(),
                metrics.measured("workers", (context, request) -> workers()));
    }

    private HttpResponse workers() {
        ObjectNode body = Answers.object().put("required", pool.isRequired());
        ArrayNode workers = body.putArray("workers");
        for (WorkerPool.WorkerFigures worker : pool.workers()) {
            ObjectNode one = workers.addObject().put("name", worker.name()).put("slots", worker.slots())
                    .put("calls", worker.taken());
            if (worker.cpuLoad() < 0) {
                one.putNull("cpuLoad");
            } else {
                one.put("cpuLoad", worker.cpuLoad());
            }
            one.put("silentMillis", worker.silentMillis()).put("leaving", worker.isLeaving());
        }
        return Answers.response(HttpStatus.OK, body);
    }
}
