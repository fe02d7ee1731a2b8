package io.holdfast.conformance.dtmcli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What dtm's own query endpoint says about transactions; the Java client has no call for it. */
final class DtmQueries implements AutoCloseable {

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final HoldfastProcess server;

    DtmQueries(HoldfastProcess server) {
        this.server = server;
    }

    String status(String gid) throws IOException, InterruptedException {
        return query(gid).path("transaction").path("status").asText();
    }

    /** Waits until the transaction has ended, and returns how. */
    String finalStatus(String gid) throws IOException, InterruptedException {
        long giveUpAtNanos = System.nanoTime() + WAIT.toNanos();
        while (true) {
            JsonNode found = query(gid);
            String status = found.path("transaction").path("status").asText();
            if (status.equals("succeed") || status.equals("failed")) {
                return status;
            }
            if (System.nanoTime() > giveUpAtNanos) {
                throw new AssertionError("not finished after " + WAIT.toSeconds() + " s: " + found);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** The rows of the branches, each as {@code branch_id op status}. */
    List<String> branches(String gid) throws IOException, InterruptedException {
        List<String> rows = new ArrayList<>();
        query(gid).path("branches").forEach(row -> rows.add(row.path("branch_id").asText() + " "
                + row.path("op").asText() + " " + row.path("status").asText()));
        return rows;
    }

    @Override
    public void close() {
        http.close();
    }

    private JsonNode query(String gid) throws IOException, InterruptedException {
        return json.readTree(http.send(HttpRequest
                .newBuilder(URI.create("http://" + server.address() + "/api/dtmsvr/query?gid=" + gid)).build(),
                BodyHandlers.ofString()).body());
    }
}
