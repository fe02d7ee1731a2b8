package io.holdfast.examples.participant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.components.Python;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The coupon service in Python as a process, called over HTTP as a coordinator would. Thread-safe. */
final class PythonCouponService implements AutoCloseable {
    static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("holdfast.root")));
    static final Path SCRIPT = ROOT.resolve("examples/src/main/python/coupon_service.py");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> ADDRESSES = Map.of("try", "/tcc/try", "confirm", "/tcc/confirm", "cancel",
            "/tcc/cancel", "action", "/saga/use", "compensate", "/saga/release");

    /** What it answers; {@code word} is that of dtm, null if there is none. */
    record Reply(int status, @Nullable String word, String message) {}

    private final Process process;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    /**
     * Starts it and waits until it listens.
     *
     * @param parent  the process that it must not outlive
     * @param options more of its options
     */
    PythonCouponService(Python python, String jdbcUrl, long parent, String... options) throws IOException {
        ProcessBuilder builder = python.process(SCRIPT.toString(), "--jdbc-url", jdbcUrl, "--parent",
                Long.toString(parent));
        builder.command().addAll(List.of(options));
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null || !line.startsWith("listening ")) {
            throw new IOException("instead of listening it said: " + line);
        }
        port = Integer.parseInt(line.substring("listening ".length()));
    }

    /** Calls an operation of a branch about a coupon. */
    Reply call(String op, String gid, String branchId, @Nullable String couponId, long userId)
            throws IOException, InterruptedException {
        return send(address(op, gid, branchId), body(gid, couponId, userId));
    }

    /** The path and the query of a call. */
    static String address(String op, String gid, String branchId) {
        String transType = op.equals("action") || op.equals("compensate") ? "saga" : "tcc";
        return ADDRESSES.get(op) + "?gid=" + URLEncoder.encode(gid, StandardCharsets.UTF_8) + "&trans_type=" + transType
                + "&branch_id=" + branchId + "&op=" + op;
    }

    static String body(String gid, @Nullable String couponId, long userId) {
        return JSON.createObjectNode().put("requestId", "request-" + gid).put("userId", userId)
                .put("couponId", couponId).put("amountCent", 900).toString();
    }

    /** Where a path of it is. */
    URI url(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port + pathAndQuery);
    }

    /** What it answers to a GET. */
    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(http.send(HttpRequest.newBuilder(url(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }

    /** Posts anything. */
    Reply send(String pathAndQuery, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url(pathAndQuery))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode json = JSON.readTree(response.body());
        return new Reply(response.statusCode(), json.path("dtm_result").textValue(),
                json.required("message").textValue());
    }

    /** Whether it ends by itself in time. */
    boolean ends() throws InterruptedException {
        return process.waitFor(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        http.close();
        process.destroyForcibly();
    }
}
