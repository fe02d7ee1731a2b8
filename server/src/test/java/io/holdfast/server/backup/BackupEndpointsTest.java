package io.holdfast.server.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.server.HttpServer;
import io.holdfast.server.config.AccessToken;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.config.WorkersConfig;
import io.holdfast.server.http.Answers;
import io.holdfast.server.ops.ServerMetrics;
import io.holdfast.server.participant.AddressGuard;
import io.holdfast.server.participant.AllowList;
import io.holdfast.server.participant.NameResolver;
import io.holdfast.server.testing.RecordingCoordinator;
import io.holdfast.server.workers.pool.WorkerPool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupEndpointsTest {

    private static final String TOKEN = "correct-horse-battery";

    @TempDir
    private Path directory;

    private final CompletableFuture<BackupSource.Kept> kept = new CompletableFuture<>();
    private final ServerMetrics metrics = new ServerMetrics();
    private final AddressGuard guard = new AddressGuard(AllowList.parse(AllowList.LOOPBACK), NameResolver.SYSTEM);
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable HttpServer server;

    @AfterEach
    void close() {
        client.close();
        if (server != null) {
            server.close();
        }
        guard.close();
        metrics.close();
    }

    @Test
    void withoutADirectoryNoneIsTaken() throws Exception {
        start(null);
        assertThat(ask("POST", "one", 409).path("code").asText()).isEqualTo("backups_off");
    }

    @Test
    void aNameIsNoPath() throws Exception {
        start(directory.resolve("backups"));
        for (String name : List.of("..", "a%2Fb", ".hidden", "a.incomplete", "x".repeat(101), "a%00")) {
            assertThat(ask("POST", name, 400).path("code").asText()).as(name).isEqualTo("invalid");
        }
        assertThat(directory.resolve("backups")).doesNotExist();
    }

    @Test
    void oneRunsAtATimeAndTellsHowItStands() throws Exception {
        start(directory.resolve("backups"));
        assertThat(ask("GET", "one", 404).path("code").asText()).isEqualTo("not_found");
        JsonNode begun = ask("POST", "one", 202);
        assertThat(begun.path("state").asText()).isEqualTo("running");
        assertThat(begun.path("directory").asText()).isEqualTo(directory.resolve("backups/one").toString());
        assertThat(ask("POST", "two", 409).path("message").asText()).contains("the backup one is running");
        kept.completeExceptionally(new IllegalStateException("as planned"));
        String state = "running";
        for (long end = System.nanoTime() + 10_000_000_000L; state.equals("running") && System.nanoTime() < end;) {
            state = ask("GET", "one", 200).path("state").asText();
        }
        assertThat(state).isEqualTo("failed");
        assertThat(ask("GET", "one", 200).path("message").asText()).contains("as planned");
    }

    @Test
    void whatExistsIsNotReplaced() throws Exception {
        start(directory.resolve("backups"));
        Files.createDirectories(directory.resolve("backups/one"));
        assertThat(ask("POST", "one", 409).path("code").asText()).isEqualTo("backup_exists");
    }

    @Test
    void whoHasNoTokenTakesNone() throws Exception {
        start(directory.resolve("backups"));
        HttpResponse<String> answer = client.send(HttpRequest.newBuilder(uri("one"))
                .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(directory.resolve("backups")).doesNotExist();
    }

    private void start(@Nullable Path backups) {
        HttpServer started = new HttpServer(new ServerConfig(directory, "127.0.0.1", 0, AllowList.LOOPBACK,
                new AccessToken(TOKEN), null, false, Limits.DEFAULT, CutOptions.DEFAULT,
                ServerConfig.DEFAULT_MAX_REQUEST_BYTES, 0, backups, null, WorkersConfig.NONE), metrics, guard,
                new WorkerPool((call, whenDone) -> {
                    throw new AssertionError("nothing is called");
                }, true));
        server = started;
        started.start();
        started.offerBackups(new BackupSource() {
            @Override
            public CompletableFuture<Kept> keepAside() {
                return kept;
            }

            @Override
            public void dropAside() {
                // Nothing was kept.
            }
        });
        started.serve(new RecordingCoordinator(), registry -> {
            // No figures.
        });
    }

    private URI uri(String name) {
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return URI.create(server.url() + "/api/v1/backups/" + name);
    }

    private JsonNode ask(String method, String name, int status) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(HttpRequest.newBuilder(uri(name))
                .header("Authorization", "Bearer " + TOKEN).method(method, HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("%s of %s: %s", method, name, answer.body()).isEqualTo(status);
        return Answers.JSON.readTree(answer.body());
    }
}
