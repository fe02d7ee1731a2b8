package io.holdfast.server;

import io.holdfast.engine.EngineFigures;
import io.holdfast.server.cluster.ClusterPart;
import io.holdfast.server.config.AccessToken;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.config.WorkersConfig;
import io.holdfast.server.http.Leadership;
import io.holdfast.server.workers.pool.WorkerPool;
import io.holdfast.server.workers.scaling.Autoscaler;
import io.holdfast.server.workers.scaling.LocalWorkers;
import io.holdfast.server.workers.scaling.ScalingBounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Workers that a server starts itself, as its configuration says. */
final class LocalScaling {

    private static final long FIGURES_MILLIS = 500;

    private LocalScaling() {
    }

    /** Null if the server starts none. */
    static @Nullable Autoscaler of(ServerConfig settings, String url, RunningEngine running, WorkerPool pool,
            Class<?> main) {
        WorkersConfig workers = settings.workers();
        if (!workers.startsLocal()) {
            return null;
        }
        List<String> arguments = new ArrayList<>(
                List.of("--server", url, "--allow", String.join(",", settings.allow()),
                        "--slots", Integer.toString(workers.localSlots())));
        if (settings.insecure()) {
            arguments.add("--insecure");
        }
        AccessToken token = settings.token();
        return new Autoscaler(pool, () -> waiting(running),
                ScalingBounds.between(workers.leastLocal(), workers.mostLocal()),
                new LocalWorkers(main, arguments, token == null ? Map.of() : Map.of("HOLDFAST_TOKEN", token.value())));
    }

    private static OptionalInt waiting(RunningEngine running) {
        ClusterPart cluster = running.cluster();
        if (cluster != null && !(cluster.leadership().place() instanceof Leadership.Place.Here)) {
            return OptionalInt.of(0);
        }
        try {
            EngineFigures figures = running.figures().get(FIGURES_MILLIS, TimeUnit.MILLISECONDS);
            return OptionalInt.of(figures.calls().waitingForRoom());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        } catch (ExecutionException | TimeoutException e) {
            return OptionalInt.empty();
        }
    }
}
