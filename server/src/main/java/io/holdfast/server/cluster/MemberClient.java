package io.holdfast.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.holdfast.server.config.AccessToken;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.config.ConfigException;
import io.holdfast.server.http.Answers;
import io.holdfast.server.tls.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Asks another node who it is, and for its cut. For one thread, which it blocks. */
public final class MemberClient implements AutoCloseable {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    /** Of the cut itself, before the first byte of it. */
    private static final Duration BEGIN_LIMIT = Duration.ofSeconds(60);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);
    /** Above what a change of members may take. */
    private static final Duration CHANGE_LIMIT = Duration.ofSeconds(45);
    private static final long STALL_MILLIS = 30_000;
    private static final int OK = 200;
    private static final int SHOWN_BYTES = 500;

    private final HttpClient http;
    private final @Nullable AccessToken token;

    /**
     * @param token what the other node wants to see; null for nothing
     * @param trust whose signature its certificate has to have; null for the usual ones
     */
    public MemberClient(@Nullable AccessToken token, @Nullable X509TrustManager trust) {
        this.token = token;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_LIMIT);
        if (trust != null) {
            builder.sslContext(Trust.context(trust));
        }
        http = builder.build();
    }

    /**
     * @param api          of the other node
     * @param to           takes the cut
     * @param withMark     whether this node has no log
     * @param keepFreeBytes room on this node's disk that is not taken
     * @throws IOException if there is none, or it does not come whole
     */
    public ReceivedCut fetch(URI api, boolean withMark, IncomingCut to, long keepFreeBytes)
            throws IOException, InterruptedException {
        String path = ClusterEndpoints.CUT + (withMark ? "?" + ClusterEndpoints.WITH_MARK + "=true" : "");
        HttpResponse<InputStream> response = http.send(request(api, path, BEGIN_LIMIT),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = new StallGuard(response.body(), STALL_MILLIS)) {
            if (response.statusCode() != OK) {
                throw new IOException(api + " has no cut for this node: " + response.statusCode() + " "
                        + new String(body.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8));
            }
            ReceivedCut received = to.receive(body, keepFreeBytes);
            if (withMark && received.mark() == null) {
                throw new IOException(api + " has sent a cut without a mark");
            }
            return received;
        }
    }

    /**
     * What another node says of itself and its group.
     *
     * @param leader     whom it takes for the leader; null for nobody
     * @param members    who is in the group as far as it knows
     * @param foundation with what it can found a group, or has founded it; null for nothing
     */
    public record Member(String node, Standing standing, @Nullable String leader, List<ClusterConfig.Member> members,
            @Nullable Foundation foundation) {

        /** Whom it takes for the leader, with its addresses; null for nobody. */
        ClusterConfig.@Nullable Member findLeader() {
            return members.stream().filter(member -> member.id().equals(leader)).findFirst().orElse(null);
        }
    }

    /** @throws IOException if it does not answer, or is no node of a group */
    public Member ask(URI api) throws IOException, InterruptedException {
        HttpResponse<String> response = answer(request(api, ClusterEndpoints.MEMBERS, ANSWER_LIMIT));
        JsonNode body = Answers.JSON.readTree(response.body());
        if (response.statusCode() != OK || !body.path("node").isTextual()) {
            throw new IOException(api + " is no node of a group: " + response.statusCode());
        }
        try {
            return new Member(body.path("node").asText(), Standing.ofWire(body.path("standing").asText()),
                    body.path("leader").asText(null), members(body),
                    foundation(body.path("foundation")));
        } catch (IllegalArgumentException | ConfigException e) {
            throw new IOException(api + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable Foundation foundation(JsonNode said) {
        return said.isObject() ? new Foundation(said.path("backup").asText(), said.path("cut").asLong()) : null;
    }

    private static List<ClusterConfig.Member> members(JsonNode body) {
        List<ClusterConfig.Member> members = new ArrayList<>();
        body.path("members").forEach(member -> members.add(ClusterConfig.Member.parse(member.path("id").asText() + " "
                + member.path("log").asText() + " " + member.path("api").asText())));
        return members;
    }

    /**
     * Has the leader remove a member.
     *
     * @return what it has answered
     * @throws IOException if there was no answer
     */
    public AggregatedHttpResponse remove(URI leader, String id) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(leader.resolve(MemberEndpoints.PATH + "/" + id)).timeout(CHANGE_LIMIT).DELETE();
        HttpResponse<byte[]> response = http.send(authorized(request), HttpResponse.BodyHandlers.ofByteArray());
        return AggregatedHttpResponse.of(HttpStatus.valueOf(response.statusCode()), MediaType.JSON,
                HttpData.wrap(response.body()));
    }

    /** The limit of a request ends with its head, so the whole answer needs one of its own. */
    private HttpResponse<String> answer(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> sent = http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        try {
            return sent.get(2 * ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            sent.cancel(true);
            throw new IOException("no answer from " + request.uri() + ": " + e, e);
        }
    }

    private HttpRequest request(URI api, String path, Duration limit) {
        return authorized(HttpRequest.newBuilder(api.resolve(path)).timeout(limit).GET());
    }

    private HttpRequest authorized(HttpRequest.Builder request) {
        if (token != null) {
            request.header("Authorization", token.bearer());
        }
        return request.build();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
