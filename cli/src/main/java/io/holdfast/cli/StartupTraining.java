package io.holdfast.cli;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.cli.cluster.NodeFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * What the launcher's build runs once so that Java notes which classes a start needs (scripts/startup-cache.sh): a server on a new
 * directory and a group of three nodes, each started again on what it left, and transactions over each wire with a participant that
 * is called. With what it noted the next start takes half the time, and a node that leads for the first time is not slow.
 * Not for users.
 */
final class StartupTraining {

    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int NODES = 3;
    private static final int LOWEST_PORT = 20_000;
    private static final int ABOVE_PORTS = 32_000;
    private static final int OK = 200;
    private static final int BAD = 300;
    private static final int NO_LEADER = 503;

    private final HttpClient client;
    private final String participant;

    private StartupTraining(HttpClient client, String participant) {
        this.client = client;
        this.participant = participant;
    }

    /** Takes the directory for the data; ends with 0 if everything was answered. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("usage: StartupTraining DIRECTORY");
            System.exit(2);
        }
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        HttpServer participant = participant();
        try (HttpClient client = HttpClient.newHttpClient()) {
            StartupTraining training = new StartupTraining(client,
                    "http://127.0.0.1:" + participant.getAddress().getPort());
            training.oneServer(directory.resolve("data"));
            training.aGroup(directory.resolve("group"));
        }
        System.exit(0);
    }

    private static HttpServer participant() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(OK, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private void oneServer(Path data) throws IOException, InterruptedException {
        int port = freePorts(1);
        String url = "http://127.0.0.1:" + port;
        for (String life : List.of("first", "second")) {
            Thread server = run("server", "--data", data.toString(), "--port", Integer.toString(port));
            awaitReady(url);
            transactions(url, life);
            stop(server);
        }
    }

    /** All nodes in this process: one of them leads, the others follow it and pass requests on. */
    private void aGroup(Path directory) throws IOException, InterruptedException {
        List<NodeFiles> nodes = NodeFiles.plan(NODES, freePorts(2 * NODES), directory);
        Thread last = Thread.currentThread();
        for (NodeFiles node : nodes) {
            node.write();
            last = run(node.arguments().toArray(String[]::new));
            // It has taken the signals before it listens.
            awaitAnswer(node.url() + "/health/live");
        }
        transactions(nodes, "-first");
        stop(last);
        run(nodes.getLast().arguments().toArray(String[]::new));
        transactions(nodes, "-second");
    }

    private void transactions(List<NodeFiles> nodes, String life) throws IOException, InterruptedException {
        for (NodeFiles node : nodes) {
            awaitReady(node.url());
        }
        for (NodeFiles node : nodes) {
            transactions(node.url(), node.id() + life);
        }
    }

    private static Thread run(String... command) {
        return Thread.ofPlatform().daemon().start(() -> Holdfast.commandLine(command).execute(command));
    }

    /** As SIGTERM does, which goes to the server that was started last. */
    private static void stop(Thread last) throws InterruptedException {
        sun.misc.Signal.raise(new sun.misc.Signal("TERM"));
        if (!last.join(LIMIT)) {
            throw new IllegalStateException("not stopped within " + LIMIT);
        }
    }

    private void transactions(String url, String name) throws IOException, InterruptedException {
        String tcc = "{\"gid\":\"" + name + "\",\"trans_type\":\"tcc\"";
        post(url + "/api/dtmsvr/prepare", tcc + "}");
        post(url + "/api/dtmsvr/registerBranch", tcc + ",\"branch_id\":\"01\",\"confirm\":\"" + participant
                + "/confirm\",\"cancel\":\"" + participant + "/cancel\"}");
        post(url + "/api/dtmsvr/submit", tcc + "}");
        await(name + " has ended",
                () -> get(url + "/api/dtmsvr/query?gid=" + name).body().contains("\"succeed\""));
        post(url + "/api/v1/transactions", "{\"gid\":\"" + name + "-native\"}");
        get(url + "/metrics");
    }

    /** The first of so many ports in a row that nobody has, below those that the system gives to clients. */
    private static int freePorts(int count) {
        while (true) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST_PORT, ABOVE_PORTS);
            if (IntStream.range(first, first + count).allMatch(StartupTraining::isFree)) {
                return first;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private void awaitReady(String url) throws IOException, InterruptedException {
        awaitAnswer(url + "/health/ready");
    }

    private void awaitAnswer(String url) throws IOException, InterruptedException {
        await(url + " answers with " + OK, () -> {
            try {
                return get(url).statusCode() == OK;
            } catch (IOException e) {
                // Not listening yet.
                return false;
            }
        });
    }

    private static void await(String what, Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within " + LIMIT + ": " + what);
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Something that will be so. */
    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private void post(String url, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)).build();
        await(url + " takes " + json, () -> {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() >= BAD && response.statusCode() != NO_LEADER) {
                throw new IllegalStateException(url + " answered " + response.statusCode() + ": " + response.body());
            }
            return response.statusCode() < BAD;
        });
    }
}
