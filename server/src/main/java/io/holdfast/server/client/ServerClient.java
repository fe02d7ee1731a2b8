package io.holdfast.server.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.http.Answers;
import io.holdfast.server.tls.Trust;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Asks a running server over its REST interface. For one thread. */
public final class ServerClient implements AutoCloseable {

    /** Above the longest wait of the server. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(50);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    /** The date of an answer is in whole seconds: a smaller difference says nothing. */
    private static final Duration CLOCKS_AGREE = Duration.ofSeconds(2);
    private static final int UNAUTHENTICATED = 401;

    private final HttpClient http;
    private final URI server;
    private final @Nullable String token;
    private Duration ahead = Duration.ZERO;

    /**
     * @param token what the server wants to see; null for nothing
     * @param trust whose signature its certificate has to have; null for the usual ones
     */
    ServerClient(URI server, @Nullable String token, @Nullable X509TrustManager trust) {
        this.server = server;
        this.token = token;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_LIMIT);
        if (trust != null) {
            builder.sslContext(Trust.context(trust));
        }
        http = builder.build();
    }

    /** One segment of a path, or a value of a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** @throws ClientException if there is no answer, or another than 2xx */
    public JsonNode get(String path) throws ClientException, InterruptedException {
        return send(request(path).GET().build());
    }

    /**
     * @param body null for none
     * @throws ClientException if there is no answer, or another than 2xx
     */
    public JsonNode post(String path, @Nullable JsonNode body) throws ClientException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (body == null) {
            return send(request.POST(BodyPublishers.noBody()).build());
        }
        return send(request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()))
                .build());
    }

    /** @throws ClientException if there is no answer, or another than 2xx */
    public JsonNode delete(String path) throws ClientException, InterruptedException {
        return send(request(path).DELETE().build());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path)).timeout(ANSWER_LIMIT);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    private JsonNode send(HttpRequest request) throws ClientException, InterruptedException {
        HttpResponse<String> answer;
        try {
            answer = http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw ClientException.noAnswer("no answer from " + server + ": " + reason(e), e);
        }
        compareClocks(answer);
        JsonNode body = body(answer);
        int status = answer.statusCode();
        if (status == UNAUTHENTICATED) {
            throw new ClientException(status, "", server + (token == null ? " asks for a token" : " refuses the token")
                    + ": give it with --token-file FILE or the variable HOLDFAST_TOKEN");
        }
        if (status / 100 != 2) {
            throw new ClientException(status, body.path("code").asText(""), refusal(status, body));
        }
        return body;
    }

    private static String reason(IOException e) {
        if (e instanceof ConnectException) {
            return "nothing takes connections there (" + e + ")";
        }
        return e instanceof HttpTimeoutException ? "none within " + ANSWER_LIMIT.toSeconds() + " s" : e.toString();
    }

    private static String refusal(int status, JsonNode body) {
        String said = body.path("message").asText("the server answered " + status);
        String allowed = body.path("allowed").asText("");
        String also = allowed.isEmpty() || said.endsWith(allowed) ? "" : "; allowed: " + allowed;
        JsonNode state = body.path("transaction").path("state");
        return said + also
                + (state.isTextual() && !said.contains(state.asText()) ? " (state " + state.asText() + ")" : "");
    }

    private JsonNode body(HttpResponse<String> answer) throws ClientException {
        JsonNode body;
        try {
            body = Answers.JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            body = null;
        }
        if (body == null || !body.isObject()) {
            throw new ClientException(answer.statusCode(), "",
                    server + " does not answer as a Holdfast server does: status "
                            + answer.statusCode() + ", "
                            + answer.headers().firstValue("content-type").orElse("no content"));
        }
        return body;
    }

    private void compareClocks(HttpResponse<String> answer) {
        String date = answer.headers().firstValue("date").orElse("");
        if (date.isEmpty()) {
            return;
        }
        try {
            Duration difference = Duration.between(Instant.now(),
                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            ahead = difference.abs().compareTo(CLOCKS_AGREE) <= 0 ? Duration.ZERO : difference;
        } catch (DateTimeException e) {
            ahead = Duration.ZERO;
        }
    }

    /** The time by the clock of the server, as its last answer told it: ages are in terms of that. */
    public Instant now() {
        return Instant.now().plus(ahead);
    }

    @Override
    public void close() {
        // Waiting for connections that nobody needs any more would only cost time.
        http.shutdownNow();
    }
}
