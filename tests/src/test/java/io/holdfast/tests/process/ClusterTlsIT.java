package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.holdfast.components.FreePort;
import io.holdfast.testkit.tls.TestAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Three packaged servers that trust an authority of their own, for their logs and for the requests that they send on to each other. */
class ClusterTlsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NODES = 3;
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final List<ServerProcess> servers = new ArrayList<>();
    private final List<String> urls = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(ServerProcess::close);
    }

    private Path data(int node) {
        return directory.resolve("n" + node);
    }

    private void startThree(TestAuthority authority) throws Exception {
        Set<Integer> ports = new HashSet<>();
        while (ports.size() < 2 * NODES) {
            ports.add(FreePort.choose());
        }
        List<Integer> port = List.copyOf(ports);
        StringBuilder members = new StringBuilder();
        for (int node = 0; node < NODES; node++) {
            urls.add("https://127.0.0.1:" + port.get(node));
            members.append("    - n%d 127.0.0.1:%d %s%n".formatted(node, port.get(NODES + node), urls.get(node)));
        }
        for (int node = 0; node < NODES; node++) {
            TestAuthority.Identity identity = authority.sign("n" + node, "ip:127.0.0.1");
            Path config = Files.writeString(directory.resolve("n" + node + ".yaml"), """
                    tls:
                      certificate: %1$s
                      key: %2$s
                    cluster:
                      node: n%4$d
                      tls:
                        certificate: %1$s
                        key: %2$s
                        ca: %3$s
                      members:
                    %5$s""".formatted(identity.certificate(), identity.key(), authority.certificate(), node,
                    members));
            servers.add(ServerProcess.start(data(node), port.get(node), "--config", config.toString()));
        }
    }

    private static HttpClient trusting(Path authority) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(authority)) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).connectTimeout(ANSWER_LIMIT).build();
    }

    private JsonNode seenBy(HttpClient client, int node) throws InterruptedException {
        try {
            return Objects.requireNonNull(JSON.readTree(client.send(HttpRequest
                    .newBuilder(URI.create(urls.get(node) + "/api/v1/cluster")).timeout(ANSWER_LIMIT).build(),
                    BodyHandlers.ofString()).body()));
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    private int awaitLeader(HttpClient client) throws Exception {
        int[] leader = {-1};
        Eventually.holds("all know a leader", LIMIT, () -> {
            Set<String> said = new HashSet<>();
            for (int node = 0; node < NODES; node++) {
                said.add(seenBy(client, node).path("leader").asText(""));
            }
            if (said.size() != 1 || !said.iterator().next().matches("n\\d")) {
                return false;
            }
            leader[0] = Integer.parseInt(said.iterator().next().substring(1));
            return true;
        });
        return leader[0];
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = "takes a minute: -Dholdfast.longCluster=true")
    void aGroupBeginsForwardsAndTakesALostNodeBackOverTls() throws Exception {
        TestAuthority authority = TestAuthority.create(directory.resolve("authority"));
        startThree(authority);
        try (HttpClient client = trusting(authority.certificate())) {
            int follower = (awaitLeader(client) + 1) % NODES;
            HttpResponse<String> begun = client.send(
                    HttpRequest.newBuilder(URI.create(urls.get(follower) + "/api/v1/transactions"))
                            .timeout(ANSWER_LIMIT).POST(HttpRequest.BodyPublishers.ofString("{\"gid\":\"g1\"}"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(begun.statusCode()).as("%s", begun.body()).isEqualTo(201);

            servers.get(follower).sigkill();
            try (Stream<Path> files = Files.walk(data(follower))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
            servers.get(follower).startAgain();
            Eventually.holds("it is a member again", LIMIT,
                    () -> seenBy(client, follower).path("standing").asText().equals("member"));
            Eventually.holds("it serves", LIMIT, () -> client.send(
                    HttpRequest.newBuilder(URI.create(urls.get(follower) + "/api/v1/transactions/g1"))
                            .timeout(ANSWER_LIMIT).build(),
                    BodyHandlers.ofString()).statusCode() == 200);
        }
    }
}
