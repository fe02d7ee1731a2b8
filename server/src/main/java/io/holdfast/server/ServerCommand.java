package io.holdfast.server;

import io.holdfast.engine.StorageException;
import io.holdfast.server.config.ConfigException;
import io.holdfast.server.config.ConfigLoader;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.config.Setting;
import io.holdfast.server.ops.ServerMetrics;
import io.holdfast.server.participant.AddressGuard;
import io.holdfast.server.participant.AllowList;
import io.holdfast.server.participant.HttpParticipants;
import io.holdfast.server.participant.NameResolver;
import io.holdfast.server.workers.pool.WorkerPool;
import io.holdfast.server.workers.scaling.Autoscaler;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs a server until it is told to stop. Exit codes: 0 stopped, 1 the engine or the port failed, 2 usage, 3 the machine lacks
 * something.
 */
@Command(name = "server", description = "Runs a coordinator.", mixinStandardHelpOptions = true)
public final class ServerCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServerCommand.class);
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int MACHINE_LACKS = 3;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", description = "Directory of the store (default: ./data).")
    private @Nullable String data;

    @Option(names = "--port", paramLabel = "PORT", description = "0 takes any free one (default: 36789).")
    private @Nullable String port;

    @Option(names = "--listen", paramLabel = "ADDRESS", description = "Address to bind (default: 127.0.0.1). Another than loopback needs a token and TLS.")
    private @Nullable String listen;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML; options of the command line win.")
    private @Nullable Path config;

    @Option(names = "--allow", paramLabel = "HOST-OR-CIDR", split = ",", description = "Where participants may be (default: loopback).")
    private @Nullable List<String> allow;

    @Option(names = "--token-file", paramLabel = "FILE", description = "Holds the token that callers have to show; so does the variable HOLDFAST_TOKEN.")
    private @Nullable String tokenFile;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Chain of certificates, PEM.")
    private @Nullable String tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key, PEM (PKCS#8).")
    private @Nullable String tlsKey;

    @Option(names = "--backups", paramLabel = "DIR", description = "Where backups go; without it none can be taken.")
    private @Nullable String backups;

    @Option(names = "--insecure", description = "Binds to another address than loopback without TLS.")
    private boolean insecure;

    @Option(names = "--node", paramLabel = "ID", description = "Which of cluster.members this server is.")
    private @Nullable String node;

    private final EngineStarter engine;
    private final Class<?> main;

    /** @param main has the command {@code worker}: the server starts it as a process if it is configured to */
    public ServerCommand(EngineStarter engine, Class<?> main) {
        this.engine = engine;
        this.main = main;
    }

    @Override
    public Integer call() {
        ServerConfig settings;
        try {
            settings = ConfigLoader.load(config, options());
        } catch (ConfigException e) {
            return complain(USAGE, e.getMessage());
        }
        try {
            Files.createDirectories(settings.data());
        } catch (IOException e) {
            return complain(MACHINE_LACKS, "the data directory " + settings.data() + " cannot be created (" + e
                    + "): give another with --data");
        }
        if (!Files.isWritable(settings.data())) {
            return complain(MACHINE_LACKS, "the data directory " + settings.data()
                    + " is not writable: change its owner or give another with --data");
        }
        return run(settings);
    }

    private Map<Setting, List<String>> options() {
        Map<Setting, List<String>> options = new EnumMap<>(Setting.class);
        put(options, Setting.DATA, data);
        put(options, Setting.PORT, port);
        put(options, Setting.LISTEN, listen);
        put(options, Setting.TLS_CERTIFICATE, tlsCertificate);
        put(options, Setting.TLS_KEY, tlsKey);
        put(options, Setting.BACKUP_DIRECTORY, backups);
        put(options, Setting.INSECURE, insecure ? "true" : null);
        put(options, Setting.CLUSTER_NODE, node);
        if (tokenFile == null) {
            put(options, Setting.TOKEN, System.getenv("HOLDFAST_TOKEN"));
        } else {
            put(options, Setting.TOKEN_FILE, tokenFile);
        }
        if (allow != null) {
            options.put(Setting.ALLOW, allow);
        }
        return options;
    }

    private static void put(Map<Setting, List<String>> options, Setting setting, @Nullable String value) {
        if (value != null) {
            options.put(setting, List.of(value));
        }
    }

    private int run(ServerConfig settings) {
        try (StopSignal stop = new StopSignal();
                ServerMetrics metrics = new ServerMetrics();
                AddressGuard guard = new AddressGuard(AllowList.parse(settings.allow()), NameResolver.SYSTEM);
                HttpParticipants participants = new HttpParticipants(guard, metrics.registry())) {
            WorkerPool workers = new WorkerPool(participants, settings.workers().required());
            FutureTask<RunningEngine> starting = new FutureTask<>(() -> engine.start(settings, workers));
            Thread.ofPlatform().name("holdfast-start").start(starting);
            try (HttpServer server = open(settings, metrics, guard, workers, starting);
                    RunningEngine running = await(starting);
                    Autoscaler scaling = LocalScaling.of(settings, server.url(), running, workers, main)) {
                server.offerBackups(running.backupSource());
                server.join(running.cluster());
                server.serve(running.coordinator(), running.metrics());
                PrintWriter out = commandLine().getOut();
                out.println("holdfast " + Version.CURRENT + " listening on " + server.url() + " data="
                        + settings.data().toAbsolutePath().normalize());
                out.flush();
                if (scaling != null) {
                    scaling.start();
                }
                return untilTold(stop, server, running);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OK;
        } catch (Exception e) {
            LOG.atError().setCause(e).log("the server failed");
            return complain(FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /**
     * Opens the port while the engine recovers: each takes seconds of its own, a port because its classes are loaded, an engine
     * because it may hold a million transactions.
     */
    private static HttpServer open(ServerConfig settings, ServerMetrics metrics, AddressGuard guard,
            WorkerPool workers, FutureTask<RunningEngine> starting) {
        HttpServer server = null;
        try {
            server = new HttpServer(settings, metrics, guard, workers);
            server.start();
            return server;
        } catch (RuntimeException e) {
            closeOnceStarted(starting, e);
            if (server != null) {
                server.close();
            }
            throw e;
        }
    }

    private static RunningEngine await(FutureTask<RunningEngine> starting) throws Exception {
        try {
            return starting.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** The directory has to be given back as after any other stop. */
    private static void closeOnceStarted(FutureTask<RunningEngine> starting, Exception reason) {
        try {
            starting.get().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | StorageException e) {
            reason.addSuppressed(e);
        }
    }

    /** Waits for the engine to fail or the process to be told to stop. */
    private int untilTold(StopSignal stop, HttpServer server, RunningEngine running) throws InterruptedException {
        var unused = running.failure().whenComplete((nothing, failure) -> {
            if (failure != null) {
                stop.tell();
            }
        });
        stop.await();
        String failure = failureOf(running);
        if (failure != null) {
            // Nothing can be acknowledged any more, so there is nothing to wait for.
            return complain(FAILED, "the engine failed: " + failure);
        }
        running.handOver();
        LOG.info("stopping: new requests are refused");
        // Whoever waits for the end of a transaction still needs its calls, so the wires are drained first.
        int unanswered = server.drain();
        if (unanswered > 0) {
            LOG.atWarn().addKeyValue("requests", unanswered)
                    .log("stopping before every request is answered: the time is up");
        }
        running.drain();
        server.close();
        return OK;
    }

    private static @Nullable String failureOf(RunningEngine running) throws InterruptedException {
        if (!running.failure().isCompletedExceptionally()) {
            return null;
        }
        try {
            running.failure().get();
            return null;
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        }
    }

    private int complain(int exitCode, @Nullable String message) {
        PrintWriter err = commandLine().getErr();
        err.println("holdfast server: " + message);
        err.flush();
        return exitCode;
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine();
    }
}
