package io.holdfast.tests.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kustomize itself, where it is there. It is none of the components that a build may require: {@link KubernetesFilesTest} looks at
 * the same without it.
 */
class KustomizeTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path scratch;

    @Test
    void kustomizeMakesOfItWhatTheOtherTestsLookAt() throws Exception {
        Path copy = copyWithoutToken();
        Path overlay = copy.resolve(DeploymentFiles.KUBERNETES.relativize(DeploymentFiles.THREE_NODES));
        assertThat(DeploymentFiles.run(scratch, tool(overlay)).exitCode()).as("without a token nothing is made")
                .isNotZero();
        Files.writeString(overlay.resolve("token"), DeploymentFiles.TOKEN);

        DeploymentFiles.Outcome made = DeploymentFiles.run(scratch, tool(overlay));

        assertThat(made.exitCode()).as("kustomize said %s", made.said()).isZero();
        List<JsonNode> objects = DeploymentFiles.yamls(made.said());
        Kustomization ours = Kustomization.of(DeploymentFiles.THREE_NODES);
        assertThat(objects).hasSize(ours.resources().size() + 2);
        for (JsonNode resource : ours.resources()) {
            JsonNode object = object(objects, resource.path("kind").asText(), resource.at("/metadata/name").asText());
            if (!object.path("kind").asText().equals("Namespace")) {
                assertThat(object.at("/metadata/namespace").asText()).isEqualTo(ours.namespace());
            }
        }
        JsonNode config = object(objects, "ConfigMap", "holdfast-config");
        assertThat(config.at("/data/holdfast.yaml").asText())
                .isEqualTo(Files.readString(ours.fileOfConfigMap("holdfast-config", "holdfast.yaml")));
        JsonNode secret = object(objects, "Secret", "holdfast-token");
        assertThat(new String(Base64.getDecoder().decode(secret.at("/data/token").asText()), StandardCharsets.UTF_8))
                .isEqualTo(DeploymentFiles.TOKEN);
        // The names carry a hash, so that a change restarts the pods; the volumes follow.
        JsonNode volumes = object(objects, "StatefulSet", "holdfast").at("/spec/template/spec/volumes");
        assertThat(volumes.findValue("configMap").path("name")).isEqualTo(config.at("/metadata/name"));
        assertThat(volumes.findValue("secretName")).isEqualTo(secret.at("/metadata/name"));
    }

    @Test
    void workersGetTheTokenOfTheNodes() throws Exception {
        Path copy = copyWithoutToken();
        Files.writeString(copy.resolve(DeploymentFiles.KUBERNETES.relativize(DeploymentFiles.THREE_NODES))
                .resolve("token"), DeploymentFiles.TOKEN);
        Path overlay = copy
                .resolve(DeploymentFiles.KUBERNETES.relativize(DeploymentFiles.THREE_NODES_AND_WORKERS));

        DeploymentFiles.Outcome made = DeploymentFiles.run(scratch, tool(overlay));

        assertThat(made.exitCode()).as("kustomize said %s", made.said()).isZero();
        List<JsonNode> objects = DeploymentFiles.yamls(made.said());
        JsonNode workers = object(objects, "Deployment", "holdfast-worker");
        assertThat(workers.at("/metadata/namespace"))
                .isEqualTo(object(objects, "StatefulSet", "holdfast").at("/metadata/namespace"));
        assertThat(workers.at("/spec/template/spec/volumes").findValue("secretName"))
                .isEqualTo(object(objects, "Secret", "holdfast-token").at("/metadata/name"));
        assertThat(objects.stream().flatMap(object -> object.findValuesAsText("image").stream()).distinct())
                .hasSize(1);
    }

    private static JsonNode object(List<JsonNode> objects, String kind, String name) {
        return objects.stream().filter(object -> object.path("kind").asText().equals(kind))
                .filter(object -> object.at("/metadata/name").asText().matches(name + "(-[a-z0-9]{10})?")).findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    private static String[] tool(Path overlay) {
        boolean alone = DeploymentFiles.hasCommand("kustomize");
        assumeTrue(alone || DeploymentFiles.hasCommand("kubectl"),
                "neither kustomize nor kubectl is on the PATH: with one of them this test renders the manifests");
        return alone
                ? new String[]{"kustomize", "build", overlay.toString()}
                : new String[]{"kubectl", "kustomize", overlay.toString()};
    }

    private Path copyWithoutToken() throws IOException {
        Path copy = scratch.resolve("kubernetes");
        try (Stream<Path> files = Files.walk(DeploymentFiles.KUBERNETES)) {
            for (Path file : files.toList()) {
                Path to = copy.resolve(DeploymentFiles.KUBERNETES.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else if (!file.endsWith("token")) {
                    Files.copy(file, to);
                }
            }
        }
        return copy;
    }
}
