package io.holdfast.examples.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls Try at a participant, with a few attempts under the same ids. Thread-safe. */
final class TryCaller {
    private static final int ATTEMPTS = 4;
    private static final long PAUSE_MILLIS = 100;
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(3);
    private static final int OK = 200;
    private static final int CONFLICT = 409;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;

    TryCaller(HttpClient http) {
        this.http = http;
    }

    TryAnswer call(URI tryUrl, String gid, String branchId, String body) throws InterruptedException {
        URI url = URI.create(tryUrl + "?gid=" + gid + "&trans_type=tcc&branch_id=" + branchId + "&op=try");
        HttpRequest request = HttpRequest.newBuilder(url).timeout(ANSWER_WAIT)
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build();
        TryAnswer answer = send(request);
        for (int attempt = 2; attempt <= ATTEMPTS && answer instanceof TryAnswer.Unknown; attempt++) {
            Thread.sleep(PAUSE_MILLIS * attempt);
            answer = send(request);
        }
        return answer;
    }

    private TryAnswer send(HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return switch (response.statusCode()) {
                case OK -> new TryAnswer.Held();
                case CONFLICT -> new TryAnswer.Rejected(reason(response.body()));
                default -> new TryAnswer.Unknown();
            };
        } catch (IOException e) {
            return new TryAnswer.Unknown();
        }
    }

    private static String reason(String body) {
        try {
            return JSON.readTree(body).path("message").asText("no_reason_given");
        } catch (JsonProcessingException e) {
            return "no_reason_given";
        }
    }
}
