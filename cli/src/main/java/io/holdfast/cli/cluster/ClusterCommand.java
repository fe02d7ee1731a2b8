package io.holdfast.cli.cluster;

import io.holdfast.server.StopSignal;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Runs a group of nodes on this machine until it is told to stop, each as a process of its own with a configuration that can be
 * read, so that one can be killed and started again by hand. Exit codes: 0 stopped, 1 a node did not start, 2 usage.
 */
@Command(name = "cluster", description = "Runs several nodes on this machine, to try them out.", mixinStandardHelpOptions = true)
public final class ClusterCommand implements Callable<Integer> {

    private static final int FAILED = 1;
    private static final int MOST_NODES = 9;
    private static final int MOST_PORT = 65_535;
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);
    private static final long POLL_MILLIS = 100;
    private static final long STOP_MILLIS = 20_000;
    private static final int OK = 200;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--nodes", defaultValue = "3", paramLabel = "N", description = "How many: 1, 3, 5, 7 or 9 (${DEFAULT-VALUE}).")
    private int nodes;

    @Option(names = "--base-port", defaultValue = "36800", paramLabel = "PORT", description = "The first node takes requests there, the others at the ports after it; the log takes as many more (${DEFAULT-VALUE}).")
    private int basePort;

    @Option(names = "--data", defaultValue = "./cluster-data", paramLabel = "DIR", description = "Each node gets a directory in it, with its configuration and its output (${DEFAULT-VALUE}).")
    private Path data = Path.of("cluster-data");

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireAllowed();
        PrintWriter out = commandLine().getOut();
        List<NodeProcess> started = new ArrayList<>();
        try (StopSignal stop = new StopSignal()) {
            for (NodeFiles files : NodeFiles.plan(nodes, basePort, data)) {
                files.write();
            }
            for (NodeFiles files : NodeFiles.plan(nodes, basePort, data)) {
                started.add(NodeProcess.start(files));
            }
            return watch(started, stop, out);
        } finally {
            started.forEach(NodeProcess::stop);
            for (NodeProcess process : started) {
                process.awaitEnd(STOP_MILLIS);
            }
        }
    }

    private void requireAllowed() {
        if (nodes < 1 || nodes > MOST_NODES || nodes % 2 == 0) {
            throw new ParameterException(commandLine(), "--nodes=" + nodes + ", allowed: 1, 3, 5, 7 or 9");
        }
        int highest = MOST_PORT - 2 * nodes + 1;
        if (basePort < 1 || basePort > highest) {
            throw new ParameterException(commandLine(), "--base-port=" + basePort + ", allowed: 1 to " + highest);
        }
    }

    private int watch(List<NodeProcess> started, StopSignal stop, PrintWriter out)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(ANSWER_LIMIT).build()) {
            long giveUpAtNanos = System.nanoTime() + START_LIMIT.toNanos();
            for (NodeProcess process : started) {
                while (!isReady(http, process)) {
                    if (stop.await(POLL_MILLIS)) {
                        return CommandLine.ExitCode.OK;
                    }
                    if (!process.isAlive() || System.nanoTime() - giveUpAtNanos > 0) {
                        complain("node " + process.files().id() + (process.isAlive()
                                ? " is not ready after " + START_LIMIT.toSeconds() + " s"
                                : " ended with exit code " + process.exitCode()) + ". It said:\n"
                                + process.lastWords());
                        return FAILED;
                    }
                }
                out.println("node " + process.files().id() + " " + process.files().url() + " pid=" + process.pid()
                        + " config=" + process.files().config());
                out.flush();
            }
        }
        out.println("cluster of " + started.size() + " nodes is ready; send requests to any of them. Ctrl-C stops it");
        out.flush();
        awaitStop(started, stop, out);
        return CommandLine.ExitCode.OK;
    }

    private static void awaitStop(List<NodeProcess> started, StopSignal stop, PrintWriter out)
            throws InterruptedException {
        List<NodeProcess> alive = new ArrayList<>(started);
        while (!stop.await(POLL_MILLIS)) {
            for (NodeProcess process : List.copyOf(alive)) {
                if (!process.isAlive()) {
                    alive.remove(process);
                    out.println("node " + process.files().id() + " ended with exit code " + process.exitCode()
                            + "; start it again with: holdfast server --config " + process.files().config());
                    out.flush();
                }
            }
        }
    }

    private static boolean isReady(HttpClient http, NodeProcess process) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(process.files().url() + "/health/ready"))
                .timeout(ANSWER_LIMIT).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException e) {
            return false;
        }
    }

    private void complain(String message) {
        PrintWriter err = commandLine().getErr();
        err.println("holdfast cluster: " + message);
        err.flush();
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine();
    }
}
