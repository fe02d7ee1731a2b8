package io.holdfast.server.rest;

import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.State;
import io.holdfast.core.Transaction;
import io.holdfast.server.http.Answers;
import io.holdfast.server.testing.TestServer;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestEventsTest {

    private static final String EVENTS = "/api/v1/transactions/g1/events";

    private final TestServer server = TestServer.ready();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.close();
    }

    @Test
    void everyChangeIsAnEventUntilTheEnd() throws Exception {
        Transaction trying = tcc("g1", State.TRYING);
        server.coordinator.knows(trying);
        try (BufferedReader events = open()) {
            assertThat(next(events).path("state").asText()).isEqualTo("TRYING");
            // Nothing but the time of the last change is other: no news.
            server.coordinator.changes(new Transaction(trying.terms(), trying.state(), trying.branches(), "", 99, 0, 0,
                    0, 0, "", "", trying.audit()));
            server.coordinator.changes(tcc("g1", State.CONFIRMING));
            assertThat(next(events).path("state").asText()).isEqualTo("CONFIRMING");
            server.coordinator.changes(tcc("g1", State.CONFIRMED));
            JsonNode last = next(events);
            assertThat(last.path("state").asText()).isEqualTo("CONFIRMED");
            assertThat(last.path("finished").asBoolean()).isTrue();
            assertThat(events.readLine()).isEmpty();
            assertThat(events.readLine()).isNull();
        }
        TestServer.eventually(() -> server.coordinator.watchers() == 0);
    }

    @Test
    void whoGoesAwayIsForgotten() throws Exception {
        server.coordinator.knows(tcc("g1", State.TRYING));
        BufferedReader events = open();
        next(events);
        assertThat(server.coordinator.watchers()).isEqualTo(1);
        events.close();
        TestServer.eventually(() -> server.coordinator.watchers() == 0);
    }

    @Test
    void aServerThatStopsEndsItsStreams() throws Exception {
        server.coordinator.knows(tcc("g1", State.TRYING));
        try (BufferedReader events = open()) {
            next(events);
            assertThat(server.server.drain()).isZero();
            assertThat(events.readLine()).isEmpty();
            assertThat(events.readLine()).isNull();
        }
    }

    @Test
    void nothingToWatchIsNotFound() {
        assertThat(server.get(EVENTS).status()).isEqualTo(404);
    }

    private BufferedReader open() throws Exception {
        HttpResponse<InputStream> response = client.send(server.request(EVENTS).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The data of the next event; heartbeats are passed over. */
    private static JsonNode next(BufferedReader events) throws Exception {
        String line = events.readLine();
        while (line.startsWith(":") || line.isEmpty()) {
            line = events.readLine();
        }
        assertThat(line).isEqualTo("event: transaction");
        String data = events.readLine();
        assertThat(data).startsWith("data: ");
        return Answers.JSON.readTree(data.substring("data: ".length()));
    }
}
