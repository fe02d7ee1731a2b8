package io.holdfast.tests.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.ServerCommand;
import io.holdfast.server.config.ConfigLoader;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The pods of a StatefulSet: what each is called, what it is told, and what it finds at a path. */
final class PodTemplate {

    private final Kustomization kustomization;
    private final JsonNode set;

    PodTemplate(Kustomization kustomization) {
        this.kustomization = kustomization;
        this.set = kustomization.only("StatefulSet");
    }

    JsonNode set() {
        return set;
    }

    JsonNode spec() {
        return set.path("spec").path("template").path("spec");
    }

    JsonNode container() {
        assertThat(spec().path("containers")).hasSize(1);
        return spec().path("containers").path(0);
    }

    JsonNode labels() {
        return set.path("spec").path("template").path("metadata").path("labels");
    }

    int port(String name) {
        return StreamSupport.stream(container().path("ports").spliterator(), false)
                .filter(port -> port.path("name").asText().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("the container has no port " + name)).path("containerPort")
                .asInt();
    }

    List<String> names() {
        return IntStream.range(0, set.path("spec").path("replicas").asInt())
                .mapToObj(i -> set.path("metadata").path("name").asText() + "-" + i).toList();
    }

    /** The name that the service in front of the set gives to a pod. */
    String host(String pod) {
        return pod + "." + set.path("spec").path("serviceName").asText() + "." + kustomization.namespace()
                + ".svc.cluster.local";
    }

    /** The arguments of a pod, with the variables that Kubernetes puts in. */
    List<String> arguments(String pod) {
        List<String> arguments = new ArrayList<>(DeploymentFiles.texts(container().path("args")));
        for (JsonNode variable : container().path("env")) {
            String name = "$(" + variable.path("name").asText() + ")";
            String field = variable.path("valueFrom").path("fieldRef").path("fieldPath").asText();
            arguments.replaceAll(argument -> argument.equals(name) && field.equals("metadata.name") ? pod : argument);
        }
        assertThat(arguments).noneMatch(argument -> argument.contains("$("));
        return arguments;
    }

    /** What a server in this pod makes of its arguments and of the files that are mounted there. */
    ServerConfig load(String pod, Path scratch) throws IOException {
        List<String> arguments = arguments(pod);
        assertThat(arguments.getFirst()).isEqualTo("server");
        ParseResult parsed = new CommandLine(new ServerCommand((config, participants) -> {
            throw new AssertionError("it is only asked what it understands");
        }, PodTemplate.class)).parseArgs(arguments.subList(1, arguments.size()).toArray(String[]::new));
        Path config = source(parsed.<Path>matchedOptionValue("--config", Path.of("/")));
        // A test has no /run of a pod: the token is the same file by another name.
        Path token = source(Path.of(DeploymentFiles.yaml(config).path("tokenFile").asText()));
        Path there = Files.exists(token) ? token : Files.writeString(scratch.resolve("token"), DeploymentFiles.TOKEN);
        return ConfigLoader.load(config, Map.of(Setting.CLUSTER_NODE,
                List.of(parsed.<String>matchedOptionValue("--node", "")), Setting.TOKEN_FILE,
                List.of(there.toString())));
    }

    /** The file of the repository that a pod finds at a path. */
    private Path source(Path inPod) {
        JsonNode volume = volume(mountOf(inPod).path("name").asText());
        String key = mountPath(mountOf(inPod)).relativize(inPod).toString();
        return volume.has("configMap")
                ? kustomization.fileOfConfigMap(volume.path("configMap").path("name").asText(), key)
                : kustomization.fileOfSecret(volume.path("secret").path("secretName").asText(), key);
    }

    /** The mount that holds a path. */
    JsonNode mountOf(Path inPod) {
        return StreamSupport.stream(container().path("volumeMounts").spliterator(), false)
                .filter(mount -> inPod.startsWith(mountPath(mount))).findFirst()
                .orElseThrow(() -> new AssertionError("nothing is mounted at " + inPod));
    }

    private static Path mountPath(JsonNode mount) {
        return Path.of(mount.path("mountPath").asText());
    }

    private JsonNode volume(String name) {
        return StreamSupport.stream(spec().path("volumes").spliterator(), false)
                .filter(volume -> volume.path("name").asText().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("no volume " + name));
    }
}
