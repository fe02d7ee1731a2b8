package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.Holdfast;
import io.holdfast.components.FreePort;
import io.holdfast.testkit.component.Components;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/cluster.md with which a group is tried out, as they stand there. */
class ClusterPageIT {

    private static final Path PAGE = Path.of(System.getProperty("holdfast.root", ".."), "docs/cluster.md");
    private static final Duration LIMIT = Duration.ofSeconds(150);
    private static final Pattern LEADER = Pattern.compile("\"leader\":\"(n\\d)\"");
    private static final int NODES = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path place;

    @SuppressWarnings("NullAway.Init") // set before each test
    private DocumentShell shell;
    private Map<String, String> blocks = Map.of();
    private int base;

    @BeforeEach
    void openTheShell() throws IOException {
        shell = new DocumentShell(place);
        base = FreePort.choose();
        blocks = DocumentShell.blocks(PAGE, "cluster");
    }

    @AfterEach
    void closeTheShell() {
        shell.close();
    }

    /** The block with ports that are free here. */
    private String block(String name) {
        String text = String.valueOf(blocks.get(name));
        assertThat(text).contains("36800");
        return "exec " + text.replace("36800", Integer.toString(base));
    }

    /** Whom the first two nodes that answer take for the leader; empty for nobody. */
    private String leader() throws IOException, InterruptedException {
        for (int node = 0; node < NODES; node++) {
            String ask = block("who").replace(Integer.toString(base), Integer.toString(base + node));
            if (shell.run("who", ask).waitFor() == 0) {
                Matcher found = LEADER.matcher(shell.said("who"));
                if (found.find()) {
                    return found.group(1);
                }
            }
        }
        return "";
    }

    @Test
    void aGroupIsTriedOutOnOneMachine() throws Exception {
        Components.require("install curl", "curl");
        Process group = shell.run("try", block("try"));
        Eventually.holds("the group is ready", LIMIT, () -> {
            assertThat(group.isAlive()).as("it said: %s", shell.said("try")).isTrue();
            return shell.said("try").contains("cluster of 3 nodes is ready");
        });
        String leader = leader();
        assertThat(leader).isNotEmpty();
        Matcher line = Pattern.compile("node " + leader + " \\S+ pid=(\\d+) config=(\\S+)")
                .matcher(shell.said("try"));
        assertThat(line.find()).isTrue();
        shell.run("kill", "kill -9 " + line.group(1)).waitFor();
        Eventually.holds("another one leads", LIMIT, () -> !leader().isEmpty() && !leader().equals(leader));
        Eventually.holds("it is told how to start the node again", LIMIT,
                () -> shell.said("try").contains("holdfast server --config "));
        Matcher again = Pattern.compile("start it again with: holdfast (server --config \\S+)")
                .matcher(shell.said("try"));
        assertThat(again.find()).isTrue();
        // Not the script of the shell, which gives servers a port of its own.
        shell.script("direct", "exec " + Path.of(System.getProperty("java.home"), "bin", "java")
                + " --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp '"
                + ServerProcess.classPath() + "' " + Holdfast.class.getName() + " \"$@\"");
        shell.run("again", "exec ./direct " + again.group(1));
        Eventually.holds("it is back", LIMIT, () -> shell.said("again").contains(" listening on "));

        group.destroy();
        assertThat(group.waitFor()).isZero();
    }

    @Test
    void whatASingleServerHasIsMadeTheDataOfANode() throws Exception {
        Process server = shell.run("server", "exec ./holdfast server");
        Eventually.holds("the server listens", LIMIT, () -> shell.listens(server, "server"));
        DocumentShell.end(server);
        for (String name : List.of("found-backup", "found-restore")) {
            int exit = shell.run(name, String.valueOf(blocks.get(name))).waitFor();
            assertThat(exit).as("%s said: %s", name, shell.said(name)).isZero();
        }
        assertThat(shell.said("found-backup")).contains("backup of everything up to entry ");
        assertThat(shell.said("found-restore")).contains("for a node of a group that begins with backup ");
        assertThat(place.resolve("group-data/foundation")).isNotEmptyFile();
    }
}
