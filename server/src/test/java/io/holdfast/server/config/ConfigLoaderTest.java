package io.holdfast.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.engine.Retention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

    @TempDir
    Path directory;

    @Test
    void nothingConfiguredIsTheDefault() {
        ServerConfig config = ConfigLoader.load(null, Map.of());

        assertThat(config).isEqualTo(new ServerConfig(Path.of("./data"), "127.0.0.1", 36_789,
                List.of("127.0.0.0/8", "::1/128"), null, null, false,
                new Limits(1_000_000, Math.min(4L << 30, Runtime.getRuntime().maxMemory() / 2), 1_000, 200_000),
                CutOptions.DEFAULT, 8 << 20, 10_000, null, null, WorkersConfig.NONE));
    }

    @Test
    void aFileSetsEverything() throws IOException {
        ServerConfig config = load("""
                data: /somewhere
                listen: ::1
                port: 0
                allow: [10.0.0.0/8, pay.internal]
                token: correct-horse-battery
                insecure: true
                drainMillis: 2_500
                limits:
                  maxUnfinished: 10
                  maxLiveBytes: 2000000
                  maxBranches: 20
                  maxFinished: 10_000
                  maxRequestBytes: 100000
                retention:
                  confirmedMillis: 60_000
                  cancelledMillis: 70_000
                  settledMillis: 0
                store:
                  minFreeBytes: 1000000
                  cutBytes: 70000
                backup:
                  directory: /elsewhere
                """, Map.of());

        assertThat(config.data()).isEqualTo(Path.of("/somewhere"));
        assertThat(config.backups()).isEqualTo(Path.of("/elsewhere"));
        assertThat(config.listenAddress().isLoopbackAddress()).isTrue();
        assertThat(config.port()).isZero();
        assertThat(config.allow()).containsExactly("10.0.0.0/8", "pay.internal");
        assertThat(config.token()).isNotNull();
        assertThat(config.toString()).doesNotContain("horse");
        assertThat(config.insecure()).isTrue();
        assertThat(config.limits()).isEqualTo(new Limits(10, 2_000_000, 20, 10_000));
        assertThat(config.cuts().retention()).isEqualTo(new Retention(60_000, 70_000, 0));
        assertThat(config.cuts().minFreeBytes()).isEqualTo(1_000_000);
        assertThat(config.cuts().cutBytes()).isEqualTo(70_000);
        assertThat(config.maxRequestBytes()).isEqualTo(100_000);
        assertThat(config.drainMillis()).isEqualTo(2_500);
    }

    @Test
    void optionsWinOverTheFile() throws IOException {
        ServerConfig config = load("port: 1\ndata: file\n", Map.of(Setting.PORT, List.of("2")));

        assertThat(config.port()).isEqualTo(2);
        assertThat(config.data()).isEqualTo(Path.of("file"));
    }

    @Test
    void anEmptyFileSetsNothing() throws IOException {
        assertThat(load("# only a comment\n", Map.of()).port()).isEqualTo(36_789);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prot: 1                        | unknown key prot; the nearest valid keys are port
            maxUnfinished: 1               | limits.maxUnfinished
            limits: {maxUnfinishd: 1}      | unknown key limits.maxUnfinishd; the nearest valid keys are limits.maxUnfinished
            port: 65536                    | port=65536 is not allowed; allowed: a whole number from 0 to 65535
            port: many                     | port=many is not allowed; allowed: a whole number
            port: [1, 2]                   | port=[1, 2] is not allowed; allowed: one value
            allow: [[1]]                   | allow=a nested list or map is not allowed
            allow: [10.0.0.0/99]           | allow=10.0.0.0/99 is not allowed; allowed: a prefix length from 0 to 32
            listen: 0.0.0.0                | listen=0.0.0.0 is not allowed; allowed: a loopback address as long as no token
            listen: no.such.host.invalid   | listen=no.such.host.invalid is not allowed; allowed: an address
            token: short                   | token (of 5 characters) is not allowed; allowed: 16 to 1024
            tokenFile: /does/not/exist     | tokenFile=/does/not/exist is not allowed; allowed: a readable file
            insecure: maybe                | insecure=maybe is not allowed; allowed: true, false
            limits: {maxRequestBytes: 1}   | limits.maxRequestBytes=1 is not allowed
            drainMillis: -1                | drainMillis=-1 is not allowed
            tls: {certificate: /x}         | tls.certificate and tls.key belong together
            'tls: {certificate: /no, key: /no}' | tls.certificate=/no is not allowed; allowed: a readable PEM file
            - a list                       | must be a map
            port: [                        | is not valid YAML
            """)
    void anErrorNamesKeyValueAndWhatIsAllowed(String yaml, String says) {
        assertThatThrownBy(() -> load(yaml, Map.of())).isInstanceOf(ConfigException.class).hasMessageContaining(says);
    }

    @Test
    void aKeyGivenTwiceIsRefused() {
        assertThatThrownBy(() -> load("port: 1\nport: 2\n", Map.of())).hasMessageContaining("port");
    }

    @Test
    void aMissingFileIsSaid() {
        Path missing = directory.resolve("missing.yaml");

        assertThatThrownBy(() -> ConfigLoader.load(missing, Map.of())).isInstanceOf(ConfigException.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void anotherAddressThanLoopbackNeedsTokenAndTls() throws IOException {
        Map<Setting, List<String>> open = Map.of(Setting.LISTEN, List.of("0.0.0.0"), Setting.TOKEN,
                List.of("correct-horse-battery"));
        assertThatThrownBy(() -> ConfigLoader.load(null, open)).hasMessageContaining("TLS")
                .hasMessageContaining("--insecure").hasMessageNotContaining("horse");

        assertThat(load("insecure: true", open).listen()).isEqualTo("0.0.0.0");
        Files.writeString(directory.resolve("c.pem"), "");
        assertThat(load("tls:\n  certificate: " + directory.resolve("c.pem") + "\n  key: " + directory.resolve("c.pem"),
                open).tls()).isNotNull();
    }

    @Test
    void aTokenMayStandInAFileOfItsOwn() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "correct-horse-battery\n");
        @Nullable
        AccessToken token = load("tokenFile: " + file, Map.of()).token();

        assertThat(token).isNotNull().satisfies(t -> {
            assertThat(t.matches("correct-horse-battery")).isTrue();
            assertThat(t.matches("correct-horse-batterz")).isFalse();
            assertThat(t.matches("")).isFalse();
        });
        assertThatThrownBy(() -> load("tokenFile: " + file + "\ntoken: correct-horse-battery", Map.of()))
                .hasMessageContaining("one of them");
    }

    private ServerConfig load(String yaml, Map<Setting, List<String>> options) throws IOException {
        return ConfigLoader.load(Files.writeString(directory.resolve("holdfast.yaml"), yaml), options);
    }
}
