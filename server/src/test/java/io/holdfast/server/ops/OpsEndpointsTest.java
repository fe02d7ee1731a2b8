package io.holdfast.server.ops;

import static io.holdfast.server.testing.Transactions.changed;
import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.State;
import io.holdfast.core.Reply;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import io.micrometer.core.instrument.Gauge;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class OpsEndpointsTest {

    private static final String TCC = "{\"gid\":\"g1\",\"trans_type\":\"tcc\"}";
    private static final String SAGA = "{\"gid\":\"s1\",\"trans_type\":\"saga\"}";

    @Test
    void readinessFollowsTheEngine() {
        try (TestServer server = TestServer.starting(null)) {
            assertThat(server.get("/health/live").text()).isEqualTo("{\"status\":\"live\"}");
            assertThat(server.get("/health/ready").status()).isEqualTo(503);
            assertThat(server.get("/health/ready").text()).isEqualTo("{\"status\":\"starting\"}");
            assertThat(server.get("/metrics").text()).contains("holdfast_ready 0.0");
            assertThat(server.dtm("prepare", TCC).status()).isEqualTo(503);
            assertThat(server.get("/api/dtmsvr/newGid").json().path("code").asText()).isEqualTo("starting");

            server.server.serve(server.coordinator, registry -> {
            });

            assertThat(server.get("/health/ready").text()).isEqualTo("{\"status\":\"ready\"}");
            assertThat(server.get("/metrics").text()).contains("holdfast_ready 1.0");
        }
    }

    @Test
    void drainingRefusesEverythingButHealthAndMetrics() {
        try (TestServer server = TestServer.ready()) {
            server.coordinator.answers(changed(tcc("g1", State.CONFIRMING)));
            server.coordinator.knows(tcc("g1", State.TRYING));

            assertThat(server.server.drain()).isZero();

            assertThat(server.get("/health/ready").status()).isEqualTo(503);
            assertThat(server.get("/health/ready").text()).isEqualTo("{\"status\":\"draining\"}");
            assertThat(server.get("/metrics").text()).contains("holdfast_ready 0.0");
            for (Answer refused : new Answer[]{server.dtm("prepare", TCC), server.dtm("submit", SAGA),
                    server.dtm("submit", TCC), server.dtm("abort", TCC), server.get("/api/dtmsvr/newGid"),
                    server.get("/api/dtmsvr/query?gid=g1"), server.get("/api/dtmsvr/version")}) {
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.json().path("code").asText()).isEqualTo("draining");
                assertThat(refused.response().headers().firstValue("retry-after")).hasValue("1");
                assertThat(refused.response().headers().firstValue("connection")).hasValue("close");
            }
            assertThat(server.coordinator.commands()).isEmpty();
            assertThat(server.get("/health/live").status()).isEqualTo(200);
            assertThat(server.get("/metrics").text())
                    .contains("holdfast_http_request_seconds_count{endpoint=\"dtm_prepare\",status=\"503\"} 1");
        }
    }

    @Test
    void drainingEndsWithTheLastRequestThatWasUnderWayWhateverIsRefusedMeanwhile() throws Exception {
        try (TestServer server = TestServer.ready(60_000)) {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            server.coordinator.answersLater(reply);
            CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> server.dtm("prepare", TCC));
            await(() -> !server.coordinator.commands().isEmpty());

            CompletableFuture<Integer> drained = CompletableFuture.supplyAsync(server.server::drain);
            await(() -> server.get("/health/ready").status() == 503);
            Thread knocking = Thread.ofVirtual().start(() -> {
                while (!drained.isDone()) {
                    server.dtm("prepare", SAGA);
                }
            });
            await(() -> server.get("/metrics").text().contains("endpoint=\"dtm_prepare\",status=\"503\""));
            assertThat(drained).isNotDone();

            reply.complete(changed(tcc("g1", State.TRYING)));
            assertThat(answer.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(drained.get(5, TimeUnit.SECONDS)).isZero();
            knocking.join();
        }
    }

    @Test
    void aRequestThatOutlastsTheDrainIsToldThatItsOutcomeIsUnknown() throws Exception {
        try (TestServer server = TestServer.ready(1)) {
            server.coordinator.answersLater(new CompletableFuture<>());
            CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> server.dtm("prepare", TCC));
            await(() -> !server.coordinator.commands().isEmpty());

            assertThat(server.server.drain()).isEqualTo(1);
            server.server.close();

            assertThat(answer.get(5, TimeUnit.SECONDS).status()).isEqualTo(504);
            assertThat(answer.get().json().path("code").asText()).isEqualTo("unknown_outcome");
        }
    }

    @Test
    void metricsCountByEndpointAndNeverById() {
        try (TestServer server = TestServer.starting(null)) {
            server.server.serve(server.coordinator,
                    registry -> Gauge.builder("holdfast.transactions.unfinished", () -> 42).register(registry));
            server.get("/api/dtmsvr/query?gid=secret-gid");
            server.get("/api/dtmsvr/query");

            Answer got = server.get("/metrics");

            assertThat(got.response().headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
            assertThat(got.text())
                    .contains("holdfast_http_request_seconds_count{endpoint=\"dtm_query\",status=\"200\"} 1",
                            "holdfast_http_request_seconds_count{endpoint=\"dtm_query\",status=\"500\"} 1",
                            "holdfast_transactions_unfinished 42", "jvm_memory_used_bytes", "holdfast_info{version=",
                            "holdfast_http_inflight 0")
                    .doesNotContain("secret-gid");
            assertThat(server.get("/api/metrics").status()).isEqualTo(200);
        }
    }

    @Test
    void pingAnswersAnyMethod() {
        try (TestServer server = TestServer.starting(null)) {
            assertThat(server.get("/api/ping").text()).isEqualTo("{\"msg\":\"pong\"}");
            assertThat(server.post("/api/ping", "anything").text()).isEqualTo("{\"msg\":\"pong\"}");
            assertThat(server.send(server.request("/api/ping").DELETE()).text()).isEqualTo("{\"msg\":\"pong\"}");
        }
    }

    private static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
            LockSupport.parkNanos(1_000_000);
        }
    }
}
