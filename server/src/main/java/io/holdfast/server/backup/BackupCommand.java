package io.holdfast.server.backup;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.http.Answers;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast store backup}: asks a running server for a backup and waits for it. */
@Command(name = "backup", description = {
        "Takes a backup of a running server, which goes on meanwhile, into the directory that the server was started with"
                + " (--backups).",
        "Ends when the backup is complete. If this command is ended before, the server completes it all the same."}, mixinStandardHelpOptions = true)
public final class BackupCommand implements Callable<Integer> {

    private static final int OK = 0;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final DateTimeFormatter NOW = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--server", paramLabel = "URL", defaultValue = "http://127.0.0.1:36789", description = "The server (default: ${DEFAULT-VALUE}).")
    private URI server = URI.create("http://127.0.0.1:36789");

    @Option(names = "--name", paramLabel = "NAME", description = "Of the backup, in the server's directory for backups (default: backup- and the time).")
    private @Nullable String name;

    @Option(names = "--token-file", paramLabel = "FILE", description = "Holds the token that the server asks for; so does the variable HOLDFAST_TOKEN.")
    private @Nullable Path tokenFile;

    @Override
    public Integer call() throws BackupException, IOException, InterruptedException {
        String wanted = name == null ? "backup-" + NOW.format(Instant.now()) : name;
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine().getOut();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER_LIMIT).build()) {
            JsonNode state = ask(client, wanted, true);
            long toldAt = System.nanoTime();
            while (state.path("state").asText().equals("running")) {
                if (System.nanoTime() - toldAt > TELL_NANOS) {
                    toldAt = System.nanoTime();
                    out.println("... " + state.path("copiedBytes").asLong() + " of " + state.path("bytes").asLong()
                            + " bytes");
                    out.flush();
                }
                LockSupport.parkNanos(POLL_NANOS);
                state = ask(client, wanted, false);
            }
            return end(state, out);
        }
    }

    private int end(JsonNode state, PrintWriter out) throws BackupException {
        if (!state.path("state").asText().equals("done")) {
            throw new BackupException("the backup failed: " + state.path("message").asText());
        }
        out.println("backup of everything up to entry " + state.path("cut").asLong() + " in "
                + state.path("directory").asText() + ", " + state.path("bytes").asLong() + " bytes");
        out.flush();
        return OK;
    }

    private JsonNode ask(HttpClient client, String wanted, boolean begin)
            throws BackupException, IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve("/api/v1/backups/" + wanted))
                .timeout(ANSWER_LIMIT);
        String token = tokenFile == null ? System.getenv("HOLDFAST_TOKEN") : Files.readString(tokenFile).strip();
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> answer;
        try {
            answer = client.send(begin ? request.POST(HttpRequest.BodyPublishers.noBody()).build() : request.build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new BackupException("no answer from " + server + ": " + e + (begin
                    ? ""
                    : ". Whether the backup is complete nobody knows: it is if it has a file " + BackupManifest.NAME),
                    e);
        }
        JsonNode body = Answers.JSON.readTree(answer.body());
        if (answer.statusCode() / 100 != 2) {
            throw new BackupException(body.path("message").asText("the server answered " + answer.statusCode())
                    + (body.has("allowed") ? "; allowed: " + body.path("allowed").asText() : ""));
        }
        return body;
    }
}
