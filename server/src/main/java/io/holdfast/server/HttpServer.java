package io.holdfast.server;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.holdfast.engine.Coordinator;
import io.holdfast.server.backup.BackupEndpoints;
import io.holdfast.server.backup.BackupSource;
import io.holdfast.server.cluster.ClusterEndpoints;
import io.holdfast.server.cluster.ClusterPart;
import io.holdfast.server.cluster.ForwardToLeader;
import io.holdfast.server.cluster.MemberEndpoints;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.dtm.DtmEndpoints;
import io.holdfast.server.grpc.GrpcEndpoints;
import io.holdfast.server.http.ErrorAnswers;
import io.holdfast.server.http.Gate;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.http.RequestBodies;
import io.holdfast.server.http.Traffic;
import io.holdfast.server.nativeapi.NativeApi;
import io.holdfast.server.ops.OpsEndpoints;
import io.holdfast.server.ops.ServerMetrics;
import io.holdfast.server.participant.AddressGuard;
import io.holdfast.server.rest.RestEndpoints;
import io.holdfast.server.workers.pool.WorkerEndpoints;
import io.holdfast.server.workers.pool.WorkerPool;
import io.holdfast.server.workers.pool.WorkerService;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The listening half of a server.
 * <p>
 * Life: {@link #start} opens the port, so that liveness can be asked while the log is read; {@link #serve} lets requests in;
 * {@link #drain} and {@link #close} end it. One thread drives it; what it serves is thread-safe.
 */
public final class HttpServer implements AutoCloseable {

    /** Above the longest wait for a result, so that a request ends in our words and not in the framework's. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(45);
    /** Longer than pooled clients keep idle connections, so that they are the ones to close them. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(90);
    /** So that an overlong header of some proxy is ignored instead of costing the request. */
    private static final int MAX_HEADER_BYTES = 64 << 10;
    /** File descriptors are the scarce thing; beyond it new connections wait in the backlog. */
    private static final int MAX_CONNECTIONS = 10_000;
    /** More than one for each connection; each takes some kilobytes until it is answered, which may be half a minute. */
    private static final int MAX_UNDER_WAY = 20_000;
    /** HTTP/2 streams of one connection, which would otherwise be as many as a client likes. */
    private static final int MAX_STREAMS = 128;
    /** A megabyte on a slow line takes less; whoever drips holds memory no longer. */
    private static final long BODY_MILLIS = 20_000;
    /** Each may be reading a large body into a tree of objects. */
    private static final int READERS = Math.max(2, Runtime.getRuntime().availableProcessors());
    /** How long requests wait for a leader: an election, with some room. */
    private static final long LEADER_WAIT_MILLIS = 4_000;
    private static final long CLOSE_POLL_NANOS = 2_000_000;

    private final ServerConfig config;
    private final ServerMetrics metrics;
    private final Lifecycle lifecycle = new Lifecycle();
    private final Traffic traffic = new Traffic(MAX_UNDER_WAY);
    private final BackupEndpoints backups;
    private final ClusterEndpoints cluster = new ClusterEndpoints();
    private final MemberEndpoints members;
    private final ForwardToLeader forward;
    private final Server server;

    /**
     * @param guard   stays the caller's to close, as does {@code metrics}
     * @param workers takes the workers that come
     */
    public HttpServer(ServerConfig config, ServerMetrics metrics, AddressGuard guard, WorkerPool workers) {
        this.config = config;
        this.metrics = metrics;
        ErrorAnswers errors = new ErrorAnswers(config.maxRequestBytes());
        ServerBuilder builder = Server.builder().meterRegistry(metrics.registry()).errorHandler(errors)
                .maxRequestLength(config.maxRequestBytes())
                .requestTimeout(REQUEST_TIMEOUT).idleTimeout(IDLE_TIMEOUT).http1MaxHeaderSize(MAX_HEADER_BYTES)
                .http2MaxHeaderListSize(MAX_HEADER_BYTES).maxNumConnections(MAX_CONNECTIONS).disableServerHeader()
                .http2MaxStreamsPerConnection(MAX_STREAMS).blockingTaskExecutor(READERS)
                // What clients do wrong is answered to them; it would fill the log.
                .unloggedExceptionsReportInterval(Duration.ZERO)
                // Nothing is under way any more after our own drain; the framework would wait a second for idle connections.
                .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
        InetSocketAddress address = new InetSocketAddress(config.listenAddress(), config.port());
        ServerConfig.Tls tls = config.tls();
        if (tls == null) {
            builder.http(address);
        } else {
            builder.https(address).tls(tls.certificate().toFile(), tls.key().toFile());
        }
        new OpsEndpoints(lifecycle, metrics).bind(builder);
        RequestBodies bodies = new RequestBodies(RequestBodies.boundFor(config.maxRequestBytes()), BODY_MILLIS);
        new DtmEndpoints(lifecycle, traffic, bodies, metrics, errors, guard, config.limits().maxBranches())
                .bind(builder);
        backups = new BackupEndpoints(config);
        backups.bind(builder, traffic, metrics);
        NativeApi api = new NativeApi(lifecycle, guard, config.limits().maxBranches());
        new RestEndpoints(lifecycle, traffic, bodies, metrics, errors, api).bind(builder);
        new GrpcEndpoints(lifecycle, traffic, bodies, metrics, api, config.maxRequestBytes()).bind(builder);
        new WorkerService(workers).bind(builder);
        new WorkerEndpoints(workers).bind(builder, metrics);
        cluster.bind(builder, metrics);
        ClusterConfig group = config.cluster();
        X509TrustManager trust = group == null ? null : group.trust();
        members = new MemberEndpoints(config.token(), trust);
        members.bind(builder, traffic, bodies, metrics);
        forward = new ForwardToLeader(traffic, bodies, LEADER_WAIT_MILLIS, trust);
        builder.decorator(forward);
        // The last one is the first that a request meets.
        builder.decorator(new Gate(config));
        metrics.gauge("holdfast.ready", () -> lifecycle.phase() == Lifecycle.Phase.READY ? 1 : 0);
        metrics.gauge("holdfast.leads", () -> lifecycle.leads() ? 1 : 0);
        metrics.gauge("holdfast.http.inflight", traffic::inFlight);
        metrics.gauge("holdfast.http.bodies.held.bytes", bodies::heldBytes);
        metrics.gauge("holdfast.healing.replayed", forward::replayed);
        metrics.gauge("holdfast.workers", () -> workers.workers().size());
        metrics.gauge("holdfast.workers.slots", () -> workers.slots());
        metrics.gauge("holdfast.workers.calls", () -> workers.taken());
        metrics.gauge("holdfast.workers.calls.lost", workers::lostCalls);
        metrics.gauge("holdfast.workers.calls.handed.back", workers::handedBack);
        metrics.gauge("holdfast.workers.silent", workers::silentWorkers);
        this.server = builder.build();
    }

    /**
     * Opens the port. Only health, metrics, ping and version are answered yet.
     *
     * @throws IllegalStateException if the port cannot be bound; the message says which
     */
    public void start() {
        try {
            server.start().join();
        } catch (CompletionException e) {
            throw new IllegalStateException("cannot listen on " + config.listen() + " port " + config.port() + ": "
                    + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage()), e);
        }
    }

    /** From now on backups can be taken. Called before {@link #serve}. */
    public void offerBackups(@Nullable BackupSource source) {
        if (source != null) {
            backups.offer(source);
        }
    }

    /** From now on this server is one node of a group; null for none. Called before {@link #serve}. */
    public void join(@Nullable ClusterPart part) {
        if (part != null) {
            cluster.begin(part);
            members.begin(part);
            lifecycle.follow(part.leadership());
            forward.begin(part.config().node(), part.leadership());
        }
    }

    /** Lets requests in. */
    public void serve(Coordinator coordinator, MeterBinder meters) {
        meters.bindTo(metrics.registry());
        lifecycle.ready(coordinator);
    }

    /** The port that is bound, also if any free one was asked for. */
    public int port() {
        // Not the framework's "local" port: it knows none for an address that is neither loopback nor any.
        return Objects.requireNonNull(server.activePort(), "not started").localAddress().getPort();
    }

    /** Where clients find it, for example {@code http://127.0.0.1:36789}. */
    public String url() {
        String host = config.listenAddress().getHostAddress();
        return (config.tls() == null ? "http://" : "https://") + (host.indexOf(':') < 0 ? host : "[" + host + "]")
                + ":" + port();
    }

    /**
     * Refuses every new request, and waits until what is under way has been answered, at most
     * {@link ServerConfig#drainMillis}. Decisions are refused too: clients ask again until the next start, and deadlines
     * stand still in between, so that no hold is lost. Health and metrics are answered to the end.
     *
     * @return how many requests were not done in time and were answered that their outcome is unknown
     */
    public int drain() {
        lifecycle.drain();
        return traffic.drain(config.drainMillis());
    }

    /**
     * Closes the port and all connections. Safe to call twice.
     * <p>
     * It does not wait for the framework's threads, which linger for two seconds after everything is closed.
     */
    @Override
    public void close() {
        CompletableFuture<Void> stopped = server.stop();
        backups.close();
        forward.close();
        while (!stopped.isDone() && !(server.activePorts().isEmpty() && server.numConnections() == 0)) {
            LockSupport.parkNanos(CLOSE_POLL_NANOS);
        }
    }
}
