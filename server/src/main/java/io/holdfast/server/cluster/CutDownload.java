package io.holdfast.server.cluster;

import io.holdfast.raft.Cut;
import io.holdfast.server.config.AccessToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Fetches the cut of another node. For one thread, which it blocks. */
public final class CutDownload implements AutoCloseable {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    /** Of the cut itself, before the first byte of it. */
    private static final Duration BEGIN_LIMIT = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int SHOWN_BYTES = 500;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT).build();
    private final @Nullable AccessToken token;

    /** @param token what the other node wants to see; null for nothing */
    public CutDownload(@Nullable AccessToken token) {
        this.token = token;
    }

    /**
     * @param api          of the other node
     * @param to           takes the cut
     * @param keepFreeBytes room on this node's disk that is not taken
     * @throws IOException if there is none, or it does not come whole
     */
    public Cut fetch(URI api, IncomingCut to, long keepFreeBytes) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.resolve(ClusterEndpoints.CUT)).timeout(BEGIN_LIMIT)
                .GET();
        if (token != null) {
            request.header("Authorization", token.bearer());
        }
        HttpResponse<InputStream> response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != OK) {
                throw new IOException(api + " has no cut for this node: " + response.statusCode() + " "
                        + new String(body.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8));
            }
            return to.receive(body, keepFreeBytes);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
