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
import java.util.List;
import java.util.Map;

/** Adds up the faults of all processes. */
final class FaultTotals {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(5);

    private FaultTotals() {
    }

    /** @param own the faults that the client injected itself */
    static Map<FaultKind, FaultCounts.Count> collect(HttpClient http, List<URI> services, FaultCounts own)
            throws IOException, InterruptedException {
        Map<FaultKind, FaultCounts.Count> totals = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            totals.put(kind, own.of(kind));
        }
        for (URI service : services) {
            HttpRequest request = HttpRequest.newBuilder(service.resolve("/faults")).timeout(ANSWER_WAIT).build();
            JsonNode counts = JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
            for (FaultKind kind : FaultKind.values()) {
                JsonNode count = counts.path(kind.wireName());
                totals.merge(kind,
                        new FaultCounts.Count(count.path("injected").asLong(), count.path("hits").asLong()),
                        FaultCounts.Count::plus);
            }
        }
        return totals;
    }
}
