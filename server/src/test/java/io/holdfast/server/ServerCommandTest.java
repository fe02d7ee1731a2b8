package io.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.server.testing.FakeEngine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ServerCommandTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpNamesTheOptions() {
        assertThat(run(refusing(), "--help")).isZero();
        assertThat(out.toString()).contains("--data", "--port", "--listen", "--config", "--allow", "--token-file",
                "--tls-cert", "--tls-key", "--insecure", "--node");
    }

    @Test
    void wrongUsageIsTwo() {
        assertThat(run(refusing(), "--prot", "1")).isEqualTo(2);
        assertThat(run(refusing(), "--port", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("port=x is not allowed");
        assertThat(run(refusing(), "--listen", "0.0.0.0")).isEqualTo(2);
        assertThat(run(refusing(), "--allow", "10.0.0.0/8,a b")).isEqualTo(2);
        assertThat(err.toString()).contains("allow=a b is not allowed");
    }

    @Test
    void whichMemberItIsMayBeSaidBesideTheFileOfAll() throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.yaml"), """
                port: 0
                cluster:
                  members: [n1 127.0.0.1:1 http://127.0.0.1:2]
                """);

        assertThat(run(refusing(), "--config", file.toString(), "--node", "n7", "--data", data())).isEqualTo(2);
        assertThat(err.toString()).contains("cluster.node=n7 is not allowed; allowed: one of the members: n1");
        // It is the member, so its port has to be the one in the file.
        assertThat(run(refusing(), "--config", file.toString(), "--node", "n1", "--data", data())).isEqualTo(2);
        assertThat(err.toString()).contains("port=0 is not allowed; allowed: 2");
    }

    @Test
    void aDataDirectoryThatCannotBeMadeIsThree() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "in the way");

        assertThat(run(refusing(), "--port", "0", "--data", file.resolve("data").toString())).isEqualTo(3);
        assertThat(err.toString()).contains(file.toString(), "--data");
    }

    @Test
    void aPortThatIsTakenIsOneAndNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(run(refusing(), "--port", port, "--data", data())).isEqualTo(1);
            assertThat(err.toString()).contains("127.0.0.1", port);
        }
    }

    @Test
    void anEngineThatStartsWhileThePortIsTakenGivesItsDirectoryBack() throws IOException {
        FakeEngine engine = new FakeEngine();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(run((config, participants) -> engine, "--port", port, "--data", data())).isEqualTo(1);
        }
        assertThat(engine.closed).isTrue();
    }

    @Test
    void anEngineThatDoesNotStartIsOneInItsOwnWords() {
        assertThat(run(refusing(), "--port", "0", "--data", data())).isEqualTo(1);
        assertThat(err.toString()).contains("segment 7 is damaged");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anEngineThatFailsLaterEndsTheServerWithOne() {
        FakeEngine engine = new FakeEngine();
        engine.failure().completeExceptionally(new IOException("the disk refused a write"));

        assertThat(run((config, participants) -> engine, "--port", "0", "--data", data())).isEqualTo(1);

        assertThat(out.toString())
                .matches("holdfast \\S+ listening on http://127\\.0\\.0\\.1:\\d+ data=" + data() + "\n");
        assertThat(err.toString()).contains("the disk refused a write");
        assertThat(engine.closed).isTrue();
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private static EngineStarter refusing() {
        return (config, participants) -> {
            throw new IOException("segment 7 is damaged");
        };
    }

    private int run(EngineStarter engine, String... arguments) {
        return new CommandLine(new ServerCommand(engine, ServerCommandTest.class)).setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true)).execute(arguments);
    }
}
