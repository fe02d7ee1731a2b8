package io.holdfast.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Adds up the faults of all processes. For one thread. */
final class FaultTotals {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int NOT_FOUND = 404;

    private final HttpClient http;
    private final Map<FaultKind, FaultCounts.Count> totals = new EnumMap<>(FaultKind.class);

    FaultTotals(HttpClient http) {
        this.http = http;
        for (FaultKind kind : FaultKind.values()) {
            totals.put(kind, new FaultCounts.Count(0, 0));
        }
    }

    /** Adds what a process has counted since it started. */
    void add(URI process) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(process.resolve("/faults")).timeout(ANSWER_WAIT).build();
        JsonNode counts = JSON.readTree(send(request).body());
        for (FaultKind kind : FaultKind.values()) {
            JsonNode count = counts.path(kind.wireName());
            totals.merge(kind, new FaultCounts.Count(count.path("injected").asLong(), count.path("hits").asLong()),
                    FaultCounts.Count::plus);
        }
    }

    /**
     * Waits until no call is on its way to a service any more: one that was held up takes effect after its repetition has been
     * answered, and only then everything is there that could be wrong.
     */
    void awaitDelivered(URI process, Duration atMost) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(process.resolve("/under-way")).timeout(ANSWER_WAIT).build();
        long giveUpAtNanos = System.nanoTime() + atMost.toNanos();
        while (true) {
            HttpResponse<String> response = send(request);
            // A service that holds up nothing has no such address.
            if (response.statusCode() == NOT_FOUND || JSON.readTree(response.body()).path("calls").asInt() == 0) {
                return;
            }
            if (System.nanoTime() - giveUpAtNanos >= 0) {
                throw new IOException("calls are still under way at " + process + ": " + response.body());
            }
            Thread.sleep(PAUSE);
        }
    }

    /**
     * A question that may be asked again: a machine that is busy with other things may not even take the connection in time. Java's
     * client does not say whom it could not reach, nor always why.
     */
    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        long giveUpAtNanos = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return http.send(request, HttpResponse.BodyHandlers.ofString());
            } catch (IOException e) {
                if (System.nanoTime() - giveUpAtNanos >= 0) {
                    throw new IOException(
                            "no answer from " + request.uri() + " in " + PATIENCE.toSeconds() + " s: " + e,
                            e);
                }
            }
            Thread.sleep(PAUSE);
        }
    }

    Map<FaultKind, FaultCounts.Count> totals() {
        return totals;
    }
}
