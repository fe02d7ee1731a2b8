package io.holdfast.tests.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.cli.Holdfast;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.config.ConfigLoader;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit fits the server and its sample of a configuration, and systemd understands it. */
class SystemdFilesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path scratch;

    @Test
    void theSampleIsAConfigurationOfEachOfThreeNodes() throws IOException {
        ServerConfig first = load(Map.of());
        assertThat(Objects.requireNonNull(first.cluster()).members()).hasSize(3);
        for (ClusterConfig.Member member : first.cluster().members()) {
            ServerConfig config = load(Map.of(Setting.CLUSTER_NODE, List.of(member.id()), Setting.LISTEN,
                    List.of(member.api().getHost())));
            assertThat(Objects.requireNonNull(config.cluster()).self()).isEqualTo(member);
            assertThat(member.logHost()).isEqualTo(member.api().getHost());
        }
        assertThat(first.cluster().node()).isEqualTo("n1");
        assertThat(first.listen()).isEqualTo(first.cluster().self().api().getHost());
    }

    @Test
    void theUnitStartsTheServerAsTheLauncherDoes() throws IOException {
        List<String> command = List.of(unit().service("ExecStart").split("\\s+"));
        assertThat(command.getFirst()).startsWith("/");
        assertThat(command).containsAll(DeploymentFiles.launcherOptions())
                .containsSequence(Holdfast.class.getName(), "server", "--config",
                        "/etc/holdfast/" + DeploymentFiles.UNIT_CONFIG.getFileName());
    }

    @Test
    void aStopHasTheTimeToDrain() throws IOException {
        long stopMillis = Long.parseLong(unit().service("TimeoutStopSec")) * 1_000;
        assertThat(unit().service("KillSignal")).isEqualTo("SIGTERM");
        assertThat(stopMillis)
                .isGreaterThanOrEqualTo(load(Map.of()).drainMillis() + DeploymentFiles.CLOSING_MILLIS);
    }

    @Test
    void itRunsAsAUserOfItsOwnThatWritesToItsStateOnly() throws IOException {
        SystemdUnit unit = unit();
        Path state = Path.of("/var/lib").resolve(unit.service("StateDirectory"));
        assertThat(load(Map.of()).data()).startsWithRaw(state).isNotEqualTo(state);
        assertThat(unit.service("User")).isEqualTo("holdfast");
        assertThat(unit.service("ProtectSystem")).isEqualTo("strict");
        assertThat(unit.service("NoNewPrivileges")).isEqualTo("yes");
        assertThat(unit.service("CapabilityBoundingSet")).isEmpty();
        assertThat(unit.keys()).contains("[Service]CapabilityBoundingSet").noneMatch(key -> key.contains("DenyWrite"));
        assertThat(unit.service("Restart")).isEqualTo("on-failure");
        assertThat(Integer.parseInt(unit.service("LimitNOFILE"))).isGreaterThanOrEqualTo(65_536);
    }

    @Test
    void everySettingStandsInASectionOfServices() throws IOException {
        assertThat(unit().keys()).isNotEmpty().allMatch(key -> key.matches("\\[(Unit|Service|Install)][A-Z]\\w+"));
    }

    @Test
    void systemdUnderstandsTheUnit() throws Exception {
        assumeTrue(DeploymentFiles.hasCommand("systemd-analyze"),
                "systemd-analyze is not on the PATH: with it this test has systemd look at the unit");
        // Java lies elsewhere on the machine of a test.
        String here = Files.readString(DeploymentFiles.UNIT).replace("ExecStart=/usr/bin/java",
                "ExecStart=" + Path.of(System.getProperty("java.home"), "bin", "java"));
        assertThat(complaints(here)).isEmpty();
        assertThat(complaints(here.replace("ProtectSystem=strict", "ProtectSystems=strict")))
                .contains("ProtectSystems");
    }

    /** What systemd says of the unit; it may have things to say about others of this machine. */
    private String complaints(String text) throws Exception {
        Path file = Files.writeString(scratch.resolve("holdfast.service"), text);
        DeploymentFiles.Outcome outcome = DeploymentFiles.run(scratch, "systemd-analyze", "verify", file.toString());
        return String.join("\n", outcome.said().lines().filter(line -> line.contains("holdfast.service")).toList());
    }

    private ServerConfig load(Map<Setting, List<String>> more) throws IOException {
        assertThat(DeploymentFiles.yaml(DeploymentFiles.UNIT_CONFIG).path("tokenFile").asText())
                .startsWith("/etc/holdfast/");
        Path token = Files.writeString(scratch.resolve("token"), DeploymentFiles.TOKEN);
        Map<Setting, List<String>> options = new EnumMap<>(Setting.class);
        options.putAll(more);
        options.put(Setting.TOKEN_FILE, List.of(token.toString()));
        return ConfigLoader.load(DeploymentFiles.UNIT_CONFIG, options);
    }

    private static SystemdUnit unit() throws IOException {
        return new SystemdUnit(Files.readString(DeploymentFiles.UNIT));
    }
}
