package io.holdfast.tests.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.server.ServerCommand;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.config.ServerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifests fit together, and what a pod is given is what the server takes. */
class KubernetesFilesTest {

    private static final Path TOKEN = DeploymentFiles.THREE_NODES.resolve("token");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path scratch;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Kustomization kustomization;
    @SuppressWarnings("NullAway.Init") // set before each test
    private PodTemplate pods;

    @BeforeEach
    void read() throws IOException {
        kustomization = Kustomization.of(DeploymentFiles.THREE_NODES);
        pods = new PodTemplate(kustomization);
    }

    @Test
    void everyFileIsNamedAndEveryNamedFileIsThere() throws IOException {
        Set<Path> there = new TreeSet<>();
        try (Stream<Path> files = Files.walk(DeploymentFiles.KUBERNETES)) {
            files.filter(Files::isRegularFile).forEach(there::add);
        }
        // Each group makes its own, and git must never take it.
        there.add(TOKEN);
        assertThat(Kustomization.of(DeploymentFiles.THREE_NODES_AND_WORKERS).named()).isEqualTo(there);
        assertThat(Files.readAllLines(DeploymentFiles.ROOT.resolve(".gitignore")))
                .contains("/ops/kubernetes/overlays/*/token");
    }

    @Test
    void everySelectorFindsThePods() {
        List<JsonNode> selectors = new ArrayList<>();
        kustomization.ofKind("Service").forEach(service -> selectors.add(service.path("spec").path("selector")));
        kustomization.resources().forEach(resource -> selectors.addAll(resource.findValues("matchLabels")));
        // Two of services, three of the set and its pods, one of the budget, two of the policy.
        assertThat(selectors).hasSize(8).allSatisfy(selector -> {
            assertThat(selector).isNotEmpty();
            assertThat(pods.labels().properties()).containsAll(selector.properties());
        });
    }

    @Test
    void theMembersAreThePodsByTheNamesThatStay() throws IOException {
        assertThat(pods.names()).hasSize(3);
        List<List<ClusterConfig.Member>> groups = new ArrayList<>();
        for (String pod : pods.names()) {
            ServerConfig config = pods.load(pod, scratch);
            ClusterConfig cluster = Objects.requireNonNull(config.cluster());
            assertThat(cluster.node()).isEqualTo(pod);
            assertThat(cluster.members()).extracting(ClusterConfig.Member::id).isEqualTo(pods.names());
            assertThat(cluster.self().logHost()).isEqualTo(pods.host(pod));
            assertThat(cluster.self().api().getHost()).isEqualTo(pods.host(pod));
            assertThat(config.listenAddress().isAnyLocalAddress()).isTrue();
            assertThat(Objects.requireNonNull(config.token()).toString()).contains("hidden");
            groups.add(cluster.members());
        }
        assertThat(groups).containsOnly(groups.getFirst());

        JsonNode nodes = kustomization.service(pods.set().path("spec").path("serviceName").asText()).path("spec");
        assertThat(nodes.path("clusterIP").asText()).isEqualTo("None");
        // Nodes need each other before they are ready.
        assertThat(nodes.path("publishNotReadyAddresses").asBoolean()).isTrue();
        assertThat(pods.set().path("spec").path("podManagementPolicy").asText()).isEqualTo("Parallel");
        assertThat(kustomization.only("Namespace").path("metadata").path("name").asText())
                .isEqualTo(kustomization.namespace());
    }

    @Test
    void portsAgree() throws IOException {
        ServerConfig config = pods.load(pods.names().getFirst(), scratch);
        assertThat(config.port()).isEqualTo(pods.port("api"));
        assertThat(Objects.requireNonNull(config.cluster()).members()).allSatisfy(member -> {
            assertThat(member.api().getPort()).isEqualTo(pods.port("api"));
            assertThat(member.logPort()).isEqualTo(pods.port("log"));
        });
        for (JsonNode service : kustomization.ofKind("Service")) {
            for (JsonNode port : service.path("spec").path("ports")) {
                assertThat(port.path("port").asInt()).as("%s", port)
                        .isEqualTo(pods.port(port.path("targetPort").asText()));
            }
        }
        assertThat(portsOf(kustomization.service("holdfast"))).containsExactly("api");
        assertThat(portsOf(kustomization.service("holdfast-nodes"))).containsExactlyInAnyOrder("api", "log");
    }

    private static List<String> portsOf(JsonNode service) {
        return service.path("spec").path("ports").findValuesAsText("targetPort");
    }

    @Test
    void onlyNodesReachTheLog() {
        JsonNode rules = kustomization.only("NetworkPolicy").path("spec").path("ingress");
        List<JsonNode> toTheLog = new ArrayList<>();
        for (JsonNode rule : rules) {
            List<String> ports = rule.path("ports").findValuesAsText("port");
            // A rule without ports would open all of them.
            assertThat(ports).isNotEmpty().isSubsetOf("api", "log");
            if (ports.contains("log")) {
                toTheLog.add(rule);
            }
        }
        assertThat(toTheLog).singleElement().satisfies(rule -> assertThat(rule.path("from")).singleElement()
                .satisfies(from -> assertThat(from.path("podSelector").path("matchLabels")).isEqualTo(pods.labels())));
    }

    @Test
    void probesAskWhatTheServerAnswers() throws IOException {
        Set<String> paths = new TreeSet<>();
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            JsonNode get = pods.container().path(probe).path("httpGet");
            assertThat(pods.port(get.path("port").asText())).isEqualTo(pods.port("api"));
            paths.add(get.path("path").asText());
        }
        assertThat(pods.container().path("readinessProbe").path("httpGet").path("path").asText()).endsWith("/ready");
        // A node that waits for the others is no reason to end it.
        assertThat(pods.container().path("livenessProbe").path("httpGet").path("path").asText()).endsWith("/live");
        assertThat(documentedPaths()).containsAll(paths);
    }

    private static Set<String> documentedPaths() throws IOException {
        try (InputStream document = Objects.requireNonNull(
                ServerCommand.class.getResourceAsStream("/io/holdfast/server/rest/openapi.json"))) {
            return new ObjectMapper().readTree(document).path("paths").properties().stream()
                    .map(Map.Entry::getKey).collect(Collectors.toSet());
        }
    }

    @Test
    void podsHaveTheTimeToDrain() throws IOException {
        long graceMillis = pods.spec().path("terminationGracePeriodSeconds").asLong() * 1_000;
        JsonNode preStop = pods.container().path("lifecycle").path("preStop").path("sleep").path("seconds");
        assertThat(preStop.asLong()).isPositive();
        ServerConfig config = pods.load(pods.names().getFirst(), scratch);
        assertThat(graceMillis).isGreaterThanOrEqualTo(
                preStop.asLong() * 1_000 + config.drainMillis() + DeploymentFiles.CLOSING_MILLIS);
    }

    @Test
    void noMoreNodesGoAtATimeThanTheGroupCanMiss() {
        int survives = (pods.names().size() - 1) / 2;
        assertThat(kustomization.only("PodDisruptionBudget").path("spec").path("maxUnavailable").asInt())
                .isBetween(1, survives);
        JsonNode together = pods.spec().path("affinity").path("podAntiAffinity")
                .path("requiredDuringSchedulingIgnoredDuringExecution").path(0);
        assertThat(together.path("topologyKey").asText()).isEqualTo("kubernetes.io/hostname");
    }

    @Test
    void aPodIsAnOrdinaryUserThatWritesToItsVolumeOnly() throws IOException {
        JsonNode pod = pods.spec().path("securityContext");
        assertThat(pod.path("runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.path("runAsUser").asInt()).isPositive();
        // Without it a volume that belongs to root could not be written.
        assertThat(pod.path("fsGroup").asInt()).isEqualTo(pod.path("runAsGroup").asInt());
        assertThat(pod.path("seccompProfile").path("type").asText()).isEqualTo("RuntimeDefault");
        assertThat(pods.spec().path("automountServiceAccountToken").asBoolean(true)).isFalse();
        JsonNode container = pods.container().path("securityContext");
        assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(container.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(DeploymentFiles.texts(container.path("capabilities").path("drop"))).containsExactly("ALL");

        ServerConfig config = pods.load(pods.names().getFirst(), scratch);
        assertThat(pods.mountOf(config.data()).path("name").asText()).isEqualTo(
                pods.set().path("spec").path("volumeClaimTemplates").path(0).path("metadata").path("name").asText());
        // RocksDB and Netty unpack libraries there.
        assertThat(pods.mountOf(Path.of("/tmp")).path("readOnly").asBoolean()).isFalse();
    }
}
