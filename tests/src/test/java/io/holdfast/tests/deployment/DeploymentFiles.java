package io.holdfast.tests.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the files lie, and what several of them have to agree with. */
final class DeploymentFiles {

    static final Path ROOT = Path.of(System.getProperty("holdfast.root", "..")).toAbsolutePath().normalize();
    static final Path UNIT = ROOT.resolve("ops/systemd/holdfast.service");
    static final Path UNIT_CONFIG = ROOT.resolve("ops/systemd/holdfast.yaml");
    static final Path CONTAINERFILE = ROOT.resolve("ops/container/Containerfile");
    static final Path KUBERNETES = ROOT.resolve("ops/kubernetes");
    static final Path THREE_NODES = KUBERNETES.resolve("overlays/three-nodes");
    static final Path THREE_NODES_AND_WORKERS = KUBERNETES.resolve("overlays/three-nodes-and-workers");

    /** What a stop may take after the drain, at least: closing the log waits up to ten seconds for its threads, and for the disk. */
    static final long CLOSING_MILLIS = 20_000;

    static final String TOKEN = "correct-horse-battery";

    private static final Pattern LAUNCHER_OPTIONS = Pattern.compile("^java_options=\"([^\"]+)\"$", Pattern.MULTILINE);
    private static final YAMLMapper YAML = new YAMLMapper(
            YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());
    private static final long TOOL_SECONDS = 60;

    private DeploymentFiles() {
    }

    /** The only document of a file. */
    static JsonNode yaml(Path file) throws IOException {
        List<JsonNode> documents = yamls(Files.readString(file));
        assertThat(documents).as("documents in %s", file).hasSize(1);
        return documents.getFirst();
    }

    /** All documents of a text. */
    static List<JsonNode> yamls(String text) throws IOException {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return documents.readAll();
        }
    }

    /** The options with which the launcher starts Java. */
    static List<String> launcherOptions() throws IOException {
        Matcher options = LAUNCHER_OPTIONS.matcher(Files.readString(ROOT.resolve("holdfast")));
        assertThat(options.find()).as("the launcher has options for Java").isTrue();
        return List.of(options.group(1).strip().split("\\s+"));
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    /** How a tool ended. */
    record Outcome(int exitCode, String said) {}

    /** Runs a tool that ends by itself, and returns what it printed on either stream. */
    static Outcome run(Path scratch, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(scratch, "tool", ".txt");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(TOOL_SECONDS, TimeUnit.SECONDS)).as("%s ends", command[0]).isTrue();
            return new Outcome(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Whether a command is on the path of this machine. */
    static boolean hasCommand(String name) {
        return Pattern.compile(":").splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(name)));
    }
}
