package io.holdfast.server.ops;

import com.linecorp.armeria.server.HttpService;
import io.holdfast.server.Version;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What Prometheus is told. Every label has few values: endpoints have fixed names, and neither ids nor URLs nor hosts are
 * labels. Thread-safe.
 */
public final class ServerMetrics implements AutoCloseable {

    private static final Duration[] LATENCY_BOUNDS = {Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(20),
            Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(30)};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ConcurrentHashMap<Served, Timer> timers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Called, Timer> grpcTimers = new ConcurrentHashMap<>();
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    public ServerMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        garbageCollection.bindTo(registry);
        Gauge.builder("holdfast.info", () -> 1).tag("version", Version.CURRENT).description("This build")
                .register(registry);
    }

    /** Where other parts put their meters. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /** Shows a number that {@code value} is asked for at every scrape. */
    public void gauge(String name, Supplier<Number> value) {
        Gauge.builder(name, value).strongReference(true).register(registry);
    }

    /** Counts and times a service under a fixed name. */
    public HttpService measured(String endpoint, HttpService service) {
        return service.decorate((delegate, context, request) -> {
            long startNanos = System.nanoTime();
            CompletableFuture<Void> unused = context.log().whenComplete().thenAccept(
                    log -> timer(new Served(endpoint, log.responseStatus().code()))
                            .record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS));
            return delegate.serve(context, request);
        });
    }

    /** Counts and times a call of gRPC, whose status is not that of HTTP. */
    public void grpcCall(String method, String status, long nanos) {
        grpcTimers.computeIfAbsent(new Called(method, status), key -> Timer.builder("holdfast.grpc.request")
                .description("gRPC calls by method and status").tag("method", key.method())
                .tag("status", key.status()).serviceLevelObjectives(LATENCY_BOUNDS).register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Served served) {
        return timers.computeIfAbsent(served, key -> Timer.builder("holdfast.http.request")
                .description("Requests by endpoint and status").tag("endpoint", key.endpoint())
                .tag("status", Integer.toString(key.status())).serviceLevelObjectives(LATENCY_BOUNDS)
                .register(registry));
    }

    String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }

    private record Called(String method, String status) {}

    private record Served(String endpoint, int status) {}
}
