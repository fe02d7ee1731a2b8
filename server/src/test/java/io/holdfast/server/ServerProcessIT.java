package io.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.http.Answers;
import io.holdfast.server.testing.FakeServerMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessIT {

    @TempDir
    Path directory;

    @Test
    void aServerSaysWhereItListensLogsJsonAndStopsOnSigterm() throws Exception {
        Path log = directory.resolve("stderr");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
                System.getProperty("java.class.path"), FakeServerMain.class.getName(), "--port", "0",
                "--data", directory.resolve("data").toString()).redirectError(log.toFile()).start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            assertThat(line).startsWith("holdfast " + Version.CURRENT + " listening on http://127.0.0.1:")
                    .endsWith(" data=" + directory.resolve("data"));
            String url = line.replaceAll(".* listening on (\\S+) .*", "$1");
            assertThat(get(url + "/health/ready?token=not-logged")).isEqualTo(200);

            process.destroy();

            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).allSatisfy(line -> assertThat(Answers.JSON.readTree(line).isObject()).isTrue())
                .noneMatch(line -> line.contains("not-logged"))
                .anyMatch(line -> line.contains("stopping: new requests are refused"));
        JsonNode started = Answers.JSON.readTree(
                lines.stream().filter(line -> line.contains("engine started")).findFirst().orElseThrow());
        assertThat(started.path("level").asText()).isEqualTo("INFO");
        assertThat(started.path("kvpList").path(0).path("gid").asText()).isEqualTo("g\"1");
    }

    private static int get(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
