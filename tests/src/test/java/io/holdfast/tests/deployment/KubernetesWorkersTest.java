package io.holdfast.tests.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.workers.process.WorkerCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Workers in a cluster find the nodes, may call whom the nodes may call, and are not taken for nodes. */
class KubernetesWorkersTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path scratch;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Kustomization kustomization;
    @SuppressWarnings("NullAway.Init") // set before each test
    private PodTemplate nodes;
    @SuppressWarnings("NullAway.Init") // set before each test
    private JsonNode pod;
    @SuppressWarnings("NullAway.Init") // set before each test
    private JsonNode container;

    @BeforeEach
    void read() throws IOException {
        kustomization = Kustomization.of(DeploymentFiles.THREE_NODES_AND_WORKERS);
        nodes = new PodTemplate(kustomization);
        pod = kustomization.only("Deployment").at("/spec/template");
        assertThat(pod.at("/spec/containers")).hasSize(1);
        container = pod.at("/spec/containers/0");
    }

    private ParseResult arguments() {
        List<String> arguments = DeploymentFiles.texts(container.path("args"));
        assertThat(arguments.getFirst()).isEqualTo("worker");
        return new CommandLine(new WorkerCommand())
                .parseArgs(arguments.subList(1, arguments.size()).toArray(String[]::new));
    }

    @Test
    void aWorkerIsGivenEveryNode() {
        String service = nodes.set().path("spec").path("serviceName").asText();
        assertThat(arguments().<List<String>>matchedOptionValue("--server", List.of())).isEqualTo(
                nodes.names().stream().map(name -> name + "." + service + ":" + nodes.port("api")).toList());
    }

    @Test
    void aWorkerMayCallWhomTheNodesMayCall() throws IOException {
        ServerConfig config = nodes.load(nodes.names().getFirst(), scratch);
        assertThat(arguments().<List<String>>matchedOptionValue("--allow", List.of()))
                .isEqualTo(DeploymentFiles.texts(DeploymentFiles.yaml(
                        kustomization.fileOfConfigMap("holdfast-config", "holdfast.yaml")).path("allow")));
        assertThat(config.token()).isNotNull();
    }

    @Test
    void theTokenIsThatOfTheNodes() {
        Path token = arguments().<Path>matchedOptionValue("--token-file", Path.of("/"));
        JsonNode mount = byName(container.path("volumeMounts"), "token");
        assertThat(Path.of(mount.path("mountPath").asText()).resolve("token")).isEqualTo(token);
        String secret = byName(pod.at("/spec/volumes"), "token").at("/secret/secretName").asText();
        assertThat(kustomization.fileOfSecret(secret, "token")).isNotNull();
        assertThat(secret).isEqualTo(nodes.spec().findValue("secretName").asText());
    }

    private static JsonNode byName(JsonNode list, String name) {
        return StreamSupport.stream(list.spliterator(), false).filter(each -> each.path("name").asText().equals(name))
                .findFirst().orElseThrow(() -> new AssertionError("no " + name + " in " + list));
    }

    /** Services and the policy of the log's port go by these labels. */
    @Test
    void aWorkerIsNoNode() {
        JsonNode labels = pod.at("/metadata/labels");
        assertThat(labels).isNotEmpty().isNotEqualTo(nodes.labels());
        assertThat(kustomization.only("Deployment").at("/spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(kustomization.ofKind("PodDisruptionBudget"))
                .extracting(budget -> budget.at("/spec/selector/matchLabels"))
                .containsExactlyInAnyOrder(nodes.labels(), labels);
    }

    @Test
    void aWorkerHasTheTimeToDrainAndWritesNowhere() {
        assertThat(pod.at("/spec/terminationGracePeriodSeconds").asLong() * 1_000)
                .isGreaterThan(WorkerCommand.DRAIN_MILLIS);
        assertThat(pod.at("/spec/securityContext")).isEqualTo(withoutVolume(nodes.spec().path("securityContext")));
        assertThat(container.path("securityContext")).isEqualTo(nodes.container().path("securityContext"));
        assertThat(pod.at("/spec/automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(byName(container.path("volumeMounts"), "tmp").path("mountPath").asText()).isEqualTo("/tmp");
    }

    private static JsonNode withoutVolume(JsonNode context) {
        return ((ObjectNode) context.deepCopy()).without("fsGroupChangePolicy");
    }
}
