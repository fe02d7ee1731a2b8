package io.holdfast.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the launcher's build runs once so that Java notes which classes a start needs (scripts/startup-cache.sh): a server on a new
 * directory, a transaction over each wire, and the end of the process. With what it noted the next start takes half the time.
 * Not for users.
 */
final class StartupTraining {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private StartupTraining() {
    }

    /** Takes the directory for the data; ends with 0 if everything was answered. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("usage: StartupTraining DIRECTORY");
            System.exit(2);
        }
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int port = freePort();
        Thread.ofPlatform().daemon().start(() -> Holdfast.commandLine().execute("server", "--data",
                directory.resolve("data").toString(), "--port", Integer.toString(port)));
        try (HttpClient client = HttpClient.newHttpClient()) {
            String url = "http://127.0.0.1:" + port;
            awaitReady(client, url);
            post(client, url + "/api/dtmsvr/prepare", "{\"gid\":\"training\",\"trans_type\":\"tcc\"}");
            post(client, url + "/api/dtmsvr/submit", "{\"gid\":\"training\",\"trans_type\":\"tcc\"}");
            post(client, url + "/api/v1/transactions", "{\"gid\":\"training-2\"}");
            get(client, url + "/api/dtmsvr/query?gid=training");
            get(client, url + "/metrics");
        }
        System.exit(0);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitReady(HttpClient client, String url) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                if (get(client, url + "/health/ready") == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the server was not ready within " + LIMIT);
            }
            Thread.sleep(PAUSE);
        }
    }

    private static int get(HttpClient client, String url) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.discarding()).statusCode();
    }

    private static void post(HttpClient client, String url, String json) throws IOException, InterruptedException {
        int status = client.send(HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)).build(), BodyHandlers.discarding()).statusCode();
        if (status >= 300) {
            throw new IllegalStateException(url + " answered " + status);
        }
    }
}
