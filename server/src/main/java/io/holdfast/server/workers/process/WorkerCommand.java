package io.holdfast.server.workers.process;

import io.holdfast.server.StopSignal;
import io.holdfast.server.Version;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServersOptions;
import io.holdfast.server.config.ConfigException;
import io.holdfast.server.participant.AddressGuard;
import io.holdfast.server.participant.AllowList;
import io.holdfast.server.participant.HttpParticipants;
import io.holdfast.server.participant.NameResolver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a worker until it is told to stop. Exit codes: 0 stopped, 1 it could not, 2 usage. */
@Command(name = "worker", description = "Makes calls to participants for a coordinator.", mixinStandardHelpOptions = true)
public final class WorkerCommand implements Callable<Integer> {

    /** How long a worker that is told to stop waits for the calls that it has begun. */
    public static final int DRAIN_MILLIS = 20_000;

    private static final Logger LOG = LoggerFactory.getLogger(WorkerCommand.class);
    private static final int MOST_SLOTS = 4_096;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ServersOptions servers = new ServersOptions();

    @Option(names = "--name", paramLabel = "NAME", description = "How people know it (default: worker-PID).")
    private String name = "worker-" + ProcessHandle.current().pid();

    @Option(names = "--slots", paramLabel = "N", defaultValue = "256", description = "Calls at the same time (default: ${DEFAULT-VALUE}).")
    private int slots = 256;

    @Option(names = "--allow", paramLabel = "HOST-OR-CIDR", split = ",", description = "Where participants may be (default: loopback).")
    private List<String> allow = AllowList.LOOPBACK;

    @Option(names = "--parent", hidden = true, paramLabel = "PID", description = "Ends when the process that started it ends.")
    private @Nullable Long parentPid;

    @Override
    public Integer call() throws InterruptedException, ClientException {
        if (slots < 1 || slots > MOST_SLOTS) {
            throw usage("--slots " + slots + " is not allowed: 1 to " + MOST_SLOTS);
        }
        if (!name.matches("[!-~]{1,64}")) {
            throw usage("--name: 1 to 64 visible ASCII characters are allowed");
        }
        AllowList allowed;
        try {
            allowed = AllowList.parse(allow);
        } catch (ConfigException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        List<URI> nodes = servers.uris();
        String token = servers.token();
        X509TrustManager trust = servers.trust();
        try (StopSignal stop = new StopSignal();
                AddressGuard guard = new AddressGuard(allowed, NameResolver.SYSTEM);
                HttpParticipants participants = new HttpParticipants(guard, new SimpleMeterRegistry());
                Worker worker = new Worker(name, nodes, token, trust, slots, participants)) {
            if (parentPid != null) {
                endWith(parentPid, stop);
            }
            worker.start();
            PrintWriter out = commandLine().getOut();
            out.println("holdfast " + Version.CURRENT + " worker " + name + " for " + nodes);
            out.flush();
            stop.await();
            LOG.info("stopping: no more calls are taken");
            int left = worker.drain(DRAIN_MILLIS);
            if (left > 0) {
                LOG.atWarn().addKeyValue("calls", left).log("stopping before every call has ended: the time is up");
            }
            return 0;
        }
    }

    /** Whoever is somebody else's child by now has lost its parent already. */
    private static void endWith(long parentPid, StopSignal stop) {
        ProcessHandle parent = ProcessHandle.current().parent().orElse(null);
        if (parent == null || parent.pid() != parentPid) {
            stop.tell();
        } else {
            var unused = parent.onExit().thenRun(stop::tell);
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(commandLine(), message);
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine();
    }
}
