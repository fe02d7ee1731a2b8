package io.holdfast.tests.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.cli.Holdfast;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The image starts the server as the launcher does, as the user that the pods have. */
class ContainerfileTest {

    @Test
    void itRunsWhatMavenHasPackagedAsTheLauncherDoes() throws IOException {
        List<String> command = DeploymentFiles.texts(new ObjectMapper().readTree(only("ENTRYPOINT")));
        List<String> expected = new ArrayList<>(List.of("java"));
        expected.addAll(DeploymentFiles.launcherOptions());
        List<String> copied = words(only("COPY"));
        expected.addAll(List.of("-cp", copied.get(1) + "/*", Holdfast.class.getName()));
        assertThat(command).isEqualTo(expected);
        // The folder that is the context of the build, as the first lines of the file say.
        assertThat(Files.readString(DeploymentFiles.CONTAINERFILE)).contains(" cli/target/quick/holdfast\n");
        assertThat(Files.readString(DeploymentFiles.ROOT.resolve("holdfast")))
                .contains("cli/target/quick/holdfast/" + copied.get(0) + "\n");
    }

    @Test
    void itsUserPortsAndConfigurationAreThoseOfThePods() throws IOException {
        PodTemplate pods = new PodTemplate(Kustomization.of(DeploymentFiles.THREE_NODES));
        var context = pods.spec().path("securityContext");
        assertThat(only("USER"))
                .isEqualTo(context.path("runAsUser").asInt() + ":" + context.path("runAsGroup").asInt());
        assertThat(words(only("EXPOSE"))).containsExactly(Integer.toString(pods.port("api")),
                Integer.toString(pods.port("log")));
        List<String> alone = DeploymentFiles.texts(new ObjectMapper().readTree(only("CMD")));
        assertThat(pods.arguments("a-pod")).startsWith(alone.toArray(String[]::new));
        assertThat(pods.container().has("command")).as("the image says how Java is started").isFalse();
        assertThat(pods.mountOf(Path.of(only("WORKDIR"))).path("name").asText()).isEqualTo("data");
    }

    private static String only(String instruction) throws IOException {
        List<String> found = instructions().filter(line -> line.startsWith(instruction + " ")).toList();
        assertThat(found).as("instructions %s", instruction).hasSize(1);
        return found.getFirst().substring(instruction.length() + 1);
    }

    private static List<String> words(String text) {
        return Pattern.compile(" ").splitAsStream(text).toList();
    }

    private static Stream<String> instructions() throws IOException {
        return Files.readString(DeploymentFiles.CONTAINERFILE).replaceAll("\\\\\n\\s*", "").lines()
                .filter(line -> !line.startsWith("#"));
    }
}
