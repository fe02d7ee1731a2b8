package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.holdfast.components.FreePort;
import io.holdfast.rpc.v1.CoordinatorGrpc;
import io.holdfast.rpc.v1.NewGidsRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running server shows is what alarms and dashboard ask for, and what docs/metrics.md lists. */
class MetricsIT {

    private static final Path PAGE = MonitoringFiles.ROOT.resolve("docs/metrics.md");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(holdfast_[a-z_]+)` \\|");
    private static final Pattern OF_A_TIMER = Pattern.compile("(_seconds)_(?:bucket|count|sum|max)$");

    @Test
    void alarmsDashboardAndPageKnowTheMetricsOfARunningServer(@TempDir Path place) throws Exception {
        try (ServerProcess server = ServerProcess.start(place.resolve("data"), FreePort.choose());
                Participant participant = new Participant(0, call -> 200);
                ApiWire api = new ApiWire(server.url())) {
            server.awaitListening();
            transaction(api, participant.url());
            overGrpc(server.url());
            assertThat(scrape(server.url())).as("the first scrape has figures")
                    .containsPattern("(?m)^holdfast_transactions_unfinished_limit [1-9]");
            Set<String> wanted = wanted();
            assertThat(wanted).contains("holdfast_transactions_attention", "process_start_time_seconds");
            Eventually.holds("what alarms and dashboard ask for is there", LIMIT, () -> {
                Set<String> missing = new TreeSet<>(wanted);
                missing.removeAll(shown(server.url()));
                // The collector has not run yet.
                return missing.stream().allMatch(name -> name.startsWith("jvm_gc_"));
            });
            assertThat(scrape(server.url())).containsPattern("holdfast_log_append_seconds_count [1-9]")
                    .contains("holdfast_ready 1.0");
            assertThat(shown(server.url()).stream().filter(name -> name.startsWith("holdfast_"))
                    .map(name -> OF_A_TIMER.matcher(name).replaceAll("$1")).collect(Collectors.toSet()))
                    .containsExactlyInAnyOrderElementsOf(listed());
        }
    }

    private static void transaction(ApiWire api, String participant) throws Exception {
        assertThat(
                api.post("transactions", "{\"gid\":\"g\",\"branches\":[{\"branchId\":\"b\",\"confirm\":\"" + participant
                        + "/confirm\"}]}").status())
                .isEqualTo(201);
        api.post("transactions/g/decision", "{\"decision\":\"confirm\"}");
        assertThat(api.get("transactions/g/wait").json().path("state").asText()).isEqualTo("CONFIRMED");
    }

    private static void overGrpc(String url) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", URI.create(url).getPort()).usePlaintext()
                .build();
        try {
            assertThat(CoordinatorGrpc.newBlockingStub(channel).newGids(NewGidsRequest.newBuilder().setCount(1).build())
                    .getGidsList()).hasSize(1);
        } finally {
            channel.shutdownNow();
        }
    }

    private static Set<String> wanted() throws Exception {
        Set<String> wanted = new TreeSet<>();
        for (JsonNode alarm : MonitoringFiles.alarms()) {
            wanted.addAll(MonitoringFiles.metrics(alarm.path("expr").asText()));
        }
        for (String query : MonitoringFiles.queries()) {
            wanted.addAll(MonitoringFiles.metrics(query));
        }
        return wanted;
    }

    private static Set<String> listed() throws Exception {
        return ROW.matcher(Files.readString(PAGE)).results().map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names of series. */
    private static Set<String> shown(String url) throws Exception {
        return scrape(url).lines().filter(line -> !line.startsWith("#")).map(line -> line.replaceFirst("[{ ].*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String scrape(String url) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url + "/metrics")).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
