package io.holdfast.examples.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the server, so that the demo can be tested as a program of its own: the least that speaks both wires and
 * survives a SIGKILL. Every change is a line in one file, synced before the answer; retries are plain loops.
 */
final class StandInCoordinator {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int CONFLICT = 409;
    private static final int RETRY_MILLIS = 300;
    private static final int TICK_MILLIS = 200;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, ObjectNode> transactions = new ConcurrentHashMap<>();
    private final FileChannel log;

    private StandInCoordinator(Path data) throws IOException {
        Files.createDirectories(data);
        Path file = data.resolve("log.jsonl");
        if (Files.exists(file)) {
            replay(Files.readString(file));
        }
        log = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        // Ends a torn line, so that the next one can be read.
        log.write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)));
    }

    public static void main(String[] args) throws IOException {
        StandInCoordinator coordinator = new StandInCoordinator(Path.of(args[2]));
        StandInNative forCallers = new StandInNative(coordinator, coordinator.workers);
        Server server = Server.builder().http(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[4])))
                .service("/api/ping", (context, request) -> HttpResponse.of("{\"msg\":\"pong\"}"))
                .service("/api/dtmsvr/{operation}",
                        (context, request) -> HttpResponse.of(request.aggregate().thenApplyAsync(
                                body -> coordinator.handle(String.valueOf(context.pathParam("operation")),
                                        body.contentUtf8()),
                                coordinator.workers)))
                .service(StandInNative.PREFIX, forCallers).serviceUnder(StandInNative.PREFIX, forCallers).build();
        server.start().join();
        coordinator.transactions.values().forEach(coordinator::drive);
        coordinator.workers.execute(coordinator::watchDeadlines);
    }

    private void replay(String text) {
        for (String line : text.split("\n", -1)) {
            try {
                if (JSON.readTree(line) instanceof ObjectNode transaction) {
                    transactions.put(transaction.path("gid").asText(), transaction);
                }
            } catch (JsonProcessingException e) {
                // torn by a kill, so never acknowledged
            }
        }
    }

    /** A copy of what is known of a transaction; null if nothing is. */
    @Nullable
    ObjectNode find(String gid) {
        ObjectNode transaction = transactions.get(gid);
        ObjectNode seen = transaction == null ? null : copy(transaction);
        return seen == null || seen.path("status").asText().isEmpty() ? null : seen;
    }

    int unfinishedCount() {
        return (int) transactions.values().stream().map(StandInCoordinator::copy)
                .filter(transaction -> List.of("prepared", "submitted", "aborting")
                        .contains(transaction.path("status").asText()))
                .count();
    }

    /** Does what dtm's interface calls by this name. */
    HttpResponse handle(String operation, String body) {
        try {
            JsonNode request = JSON.readTree(body);
            String gid = request.path("gid").asText();
            ObjectNode transaction = transactions.computeIfAbsent(gid, g -> JSON.createObjectNode().put("status", ""));
            synchronized (transaction) {
                return change(operation, request, transaction);
            }
        } catch (JsonProcessingException e) {
            return HttpResponse.of(HttpStatus.INTERNAL_SERVER_ERROR);
        }
    }

    private HttpResponse change(String operation, JsonNode request, ObjectNode transaction) {
        String status = transaction.path("status").asText();
        String wanted = switch (operation) {
            case "submit" -> "submitted";
            case "abort" -> "aborting";
            default -> "prepared";
        };
        if (status.isEmpty()) {
            transaction.setAll((ObjectNode) request.deepCopy());
            transaction.put("began", System.currentTimeMillis());
        } else if (!status.equals("prepared") && !status.equals(wanted)) {
            return HttpResponse.of(HttpStatus.CONFLICT, MediaType.JSON_UTF_8,
                    "{\"dtm_result\":\"FAILURE\",\"message\":\"current status '" + status + "'\"}");
        }
        if (operation.equals("registerBranch")) {
            transaction.withObject("/branches").set(request.path("branch_id").asText(), request);
        }
        if (operation.equals("abort")) {
            transaction.set("rollback_reason", request.path("rollback_reason"));
        }
        store(transaction.put("status", wanted));
        if (!wanted.equals(status)) {
            drive(transaction);
        }
        return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, "{\"dtm_result\":\"SUCCESS\"}");
    }

    private static ObjectNode copy(ObjectNode transaction) {
        synchronized (transaction) {
            return transaction.deepCopy();
        }
    }

    private void store(ObjectNode transaction) {
        synchronized (log) {
            try {
                log.write(ByteBuffer.wrap((transaction + "\n").getBytes(StandardCharsets.UTF_8)));
                log.force(false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void drive(ObjectNode transaction) {
        workers.execute(() -> {
            ObjectNode seen = copy(transaction);
            boolean isTcc = seen.path("trans_type").asText().equals("tcc");
            switch (seen.path("status").asText()) {
                case "submitted" -> {
                    if (isTcc) {
                        callBranches(seen, "confirm");
                        finish(transaction, "succeed", "");
                    } else {
                        runSteps(transaction, seen);
                    }
                }
                case "aborting" -> {
                    if (isTcc) {
                        callBranches(seen, "cancel");
                    } else {
                        compensate(seen);
                    }
                    finish(transaction, "failed", "");
                }
                default -> {
                    // undecided, or nothing left to do
                }
            }
        });
    }

    private void runSteps(ObjectNode transaction, ObjectNode seen) {
        for (int i = 0; i < seen.path("steps").size(); i++) {
            String reason = call(seen, i, "action");
            if (!reason.isEmpty()) {
                finish(transaction, "aborting", reason);
                drive(transaction);
                return;
            }
        }
        finish(transaction, "succeed", "");
    }

    private void compensate(ObjectNode seen) {
        for (int i = seen.path("steps").size() - 1; i >= 0; i--) {
            call(seen, i, "compensate");
        }
    }

    private String call(ObjectNode saga, int step, String operation) {
        return callUntilDefinite(saga, saga.path("steps").path(step).path(operation).asText(), "0" + (step + 1),
                operation, saga.path("payloads").path(step).asText());
    }

    private void callBranches(ObjectNode tcc, String operation) {
        List<JsonNode> branches = new ArrayList<>();
        tcc.path("branches").forEach(branches::add);
        Collections.reverse(branches);
        for (JsonNode branch : branches) {
            callUntilDefinite(tcc, branch.path(operation).asText(), branch.path("branch_id").asText(), operation,
                    branch.path("data").asText());
        }
    }

    /** Returns why an action failed, or an empty text for success. */
    private String callUntilDefinite(ObjectNode transaction, String url, String branchId, String operation,
            String body) {
        URI uri = URI.create(url + "?gid=" + transaction.path("gid").asText() + "&trans_type="
                + transaction.path("trans_type").asText() + "&branch_id=" + branchId + "&op=" + operation);
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(3))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        while (true) {
            try {
                var response = http.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == OK) {
                    return "";
                }
                if (response.statusCode() == CONFLICT && operation.equals("action")) {
                    return response.body();
                }
                Thread.sleep(RETRY_MILLIS);
            } catch (IOException e) {
                pause(RETRY_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void finish(ObjectNode transaction, String status, String reason) {
        synchronized (transaction) {
            if (!reason.isEmpty()) {
                transaction.put("rollback_reason", reason);
            }
            store(transaction.put("status", status));
        }
    }

    private void watchDeadlines() {
        while (true) {
            for (ObjectNode transaction : transactions.values()) {
                abortIfLate(transaction);
            }
            pause(TICK_MILLIS);
        }
    }

    private void abortIfLate(ObjectNode transaction) {
        synchronized (transaction) {
            long deadline = transaction.path("began").asLong()
                    + Duration.ofSeconds(transaction.path("timeout_to_fail").asLong()).toMillis();
            if (!transaction.path("status").asText().equals("prepared") || System.currentTimeMillis() < deadline) {
                return;
            }
            store(transaction.put("status", "aborting").put("rollback_reason", "deadline"));
        }
        drive(transaction);
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
