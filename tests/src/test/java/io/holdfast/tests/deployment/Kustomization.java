package io.holdfast.tests.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a folder with a {@code kustomization.yaml} asks for, those below it included. It understands no more of kustomize than these
 * folders use, and fails on everything else.
 */
final class Kustomization {

    private static final String FILE = "kustomization.yaml";
    private static final Set<String> UNDERSTOOD = Set.of("apiVersion", "kind", "namespace", "resources", "images",
            "configMapGenerator", "secretGenerator");

    private final List<JsonNode> resources = new ArrayList<>();
    private final Set<Path> named = new TreeSet<>();
    private final Map<String, List<Path>> configMaps = new HashMap<>();
    private final Map<String, List<Path>> secrets = new HashMap<>();
    private String namespace = "";

    private Kustomization() {
    }

    static Kustomization of(Path folder) throws IOException {
        Kustomization all = new Kustomization();
        all.read(folder);
        return all;
    }

    private void read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        named.add(file);
        JsonNode asked = DeploymentFiles.yaml(file);
        asked.fieldNames().forEachRemaining(key -> assertThat(UNDERSTOOD).as("keys of %s", file).contains(key));
        for (String resource : DeploymentFiles.texts(asked.path("resources"))) {
            Path path = folder.resolve(resource).normalize();
            if (Files.isDirectory(path)) {
                read(path);
            } else {
                named.add(path);
                resources.add(DeploymentFiles.yaml(path));
            }
        }
        readGenerators(folder, asked.path("configMapGenerator"), configMaps);
        readGenerators(folder, asked.path("secretGenerator"), secrets);
        // The outermost one is read last, and wins.
        namespace = asked.path("namespace").asText(namespace);
    }

    private void readGenerators(Path folder, JsonNode generators, Map<String, List<Path>> into) {
        for (JsonNode generator : generators) {
            generator.fieldNames().forEachRemaining(key -> assertThat(key).isIn("name", "files"));
            List<Path> files = DeploymentFiles.texts(generator.path("files")).stream().map(folder::resolve).toList();
            named.addAll(files);
            assertThat(into.put(generator.path("name").asText(), files)).as("generated once").isNull();
        }
    }

    /** Every file that is named, whether it is there or not. */
    Set<Path> named() {
        return named;
    }

    String namespace() {
        return namespace;
    }

    List<JsonNode> resources() {
        return resources;
    }

    List<JsonNode> ofKind(String kind) {
        return resources.stream().filter(resource -> resource.path("kind").asText().equals(kind)).toList();
    }

    JsonNode only(String kind) {
        List<JsonNode> found = ofKind(kind);
        assertThat(found).as("resources of kind %s", kind).hasSize(1);
        return found.getFirst();
    }

    JsonNode service(String name) {
        return ofKind("Service").stream().filter(service -> service.path("metadata").path("name").asText().equals(name))
                .findFirst().orElseThrow(() -> new AssertionError("no service " + name));
    }

    /** The file from which a key of a generated ConfigMap comes. */
    Path fileOfConfigMap(String name, String key) {
        return fileOf(configMaps, name, key);
    }

    /** The file from which a key of a generated Secret comes. */
    Path fileOfSecret(String name, String key) {
        return fileOf(secrets, name, key);
    }

    private static Path fileOf(Map<String, List<Path>> generated, String name, String key) {
        return generated.getOrDefault(name, List.of()).stream().filter(file -> file.endsWith(key)).findFirst()
                .orElseThrow(() -> new AssertionError("nothing generates " + key + " of " + name));
    }
}
