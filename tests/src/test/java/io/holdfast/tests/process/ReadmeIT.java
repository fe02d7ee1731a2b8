package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.components.FreePort;
import io.holdfast.testkit.component.Components;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the README as they stand there, in an empty directory. What a reader has and a test must not use is put in their
 * way: {@code ./holdfast} runs what this build has packaged, and both servers get free ports.
 */
class ReadmeIT {

    private static final Path ROOT = Path.of(System.getProperty("holdfast.root", ".."));
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern COMMAND = Pattern.compile("\\./holdfast ([a-z]+)([^`\n|]*)");
    private static final Pattern WORD = Pattern.compile("^ ([a-z]+)\\b");
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]+");
    private static final Pattern SCRIPT = Pattern.compile("(?<![\\w/])(?:scripts/[\\w-]+\\.sh|\\.ci/run)");
    private static final Pattern PROFILE = Pattern.compile("mvn[^`\n]* -P([\\w-]+)");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path place;

    private int shopPort;
    @SuppressWarnings("NullAway.Init") // set before each test
    private DocumentShell shell;

    @BeforeEach
    void preparePlace() throws IOException {
        shopPort = FreePort.choose();
        shell = new DocumentShell(place);
        shell.script("tools/python3", "PATH=${PATH#*:}\nexec python3 \"$@\" " + shopPort);
    }

    @AfterEach
    void endProcesses() {
        shell.close();
    }

    @Test
    void theFirstTransactionIsConfirmedThoughTheParticipantIsDownAndTheCoordinatorIsKilled() throws Exception {
        Components.require("install curl and Python 3", "curl", "python3");
        Map<String, String> blocks = blocks();
        Process coordinator = run("server", blocks);
        Process participant = run("participant", blocks);
        awaitReady(coordinator);
        awaitPort(shopPort, participant);

        Process caller = run("caller", "exec sh -e");
        String transaction = block(blocks, "first-transaction");
        int decision = transaction.indexOf("# Both holds are there");
        assertThat(decision).as("where the README decides").isPositive();
        type(caller, transaction.substring(0, decision) + "echo held\n");
        Eventually.holds("both holds are there", LIMIT, () -> said("caller").contains("held\n") || !caller.isAlive());
        assertThat(said("participant")).contains("/stock/try?", "{\"tea\":1}", "/money/try?", "{\"cents\":450}");

        DocumentShell.end(participant);
        type(caller, transaction.substring(decision) + "exit\n");
        assertThat(caller.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(caller.exitValue()).as("%s", said("caller")).isZero();
        assertThat(said("caller").lines().filter(line -> line.equals("{\"dtm_result\":\"SUCCESS\"}")))
                .as("begin, two branches, two Trys, the decision: %s", said("caller")).hasSize(6);
        assertThat(said("caller")).contains("\"status\":\"submitted\"");
        DocumentShell.end(coordinator);

        // First the participant: a coordinator that finds it down asks again ten seconds later.
        awaitPort(shopPort, run("participant", blocks));
        awaitReady(run("server", blocks));
        Eventually.holds("both Confirms arrive", LIMIT,
                () -> said("participant").contains("/stock/confirm?")
                        && said("participant").contains("/money/confirm?"));
        Eventually.holds("the status is succeed", LIMIT, () -> statusNow(transaction).equals("succeed"));
    }

    @Test
    void everyBlockOfCommandsIsTestedHere() throws IOException {
        assertThat(blocks().keySet()).containsExactlyInAnyOrder("server", "participant", "first-transaction",
                "./holdfast demo\n", "./holdfast test\n");
    }

    @Test
    void everyCommandAndOptionThatADocumentNamesExists() throws Exception {
        Map<String, String> helpTexts = new LinkedHashMap<>();
        for (Path document : documents()) {
            Matcher commands = COMMAND.matcher(Files.readString(document));
            while (commands.find()) {
                String help = help(commands.group(1), helpTexts);
                Matcher word = WORD.matcher(commands.group(2));
                if (help.contains("Commands:") && word.find()) {
                    help = help(commands.group(1) + " " + word.group(1), helpTexts);
                }
                Matcher options = OPTION.matcher(commands.group(2));
                while (options.find()) {
                    assertThat(help).as("%s of %s", commands.group(), document).contains(options.group());
                }
            }
        }
        assertThat(helpTexts).containsKeys("server", "demo", "test", "log dump", "store verify", "store backup",
                "store restore", "tx list", "tx show", "tx retry", "tx pause", "tx resume", "tx settle");
    }

    private String help(String command, Map<String, String> known) throws Exception {
        if (!known.containsKey(command)) {
            String name = "help-" + command.replace(' ', '-');
            Process help = run(name, "./holdfast " + command + " --help");
            assertThat(help.waitFor()).as("./holdfast %s --help: %s", command, said(name)).isZero();
            known.put(command, said(name));
        }
        return known.getOrDefault(command, "");
    }

    @Test
    void everyScriptAndProfileThatADocumentNamesExists() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        for (Path document : documents()) {
            String text = Files.readString(document);
            assertThat(SCRIPT.matcher(text).results().map(found -> ROOT.resolve(found.group())))
                    .as("scripts that %s names", document).allMatch(Files::isExecutable);
            assertThat(PROFILE.matcher(text).results().map(found -> "<id>" + found.group(1) + "</id>"))
                    .as("profiles that %s names", document).allMatch(pom::contains);
        }
    }

    private static Map<String, String> blocks() throws IOException {
        return DocumentShell.blocks(ROOT.resolve("README.md"), "readme");
    }

    private static String block(Map<String, String> blocks, String name) {
        String block = blocks.get(name);
        if (block == null) {
            throw new AssertionError("the README has no block " + name + ", only " + blocks.keySet());
        }
        return block;
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT); Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs).filter(file -> file.toString().endsWith(".md")).toList();
        }
    }

    /** Asks with the last line of the block, as a reader would. */
    private String statusNow(String transaction) throws Exception {
        String gid = said("participant").replaceFirst("(?s).*[?&]gid=([^&]*)&.*", "$1");
        String definitions = transaction.substring(0, transaction.indexOf("# An id first"));
        String question = transaction.strip().lines().reduce("", (before, line) -> line);
        Process asked = run("status", definitions + "gid=" + gid + "\n" + question);
        assertThat(asked.waitFor()).isZero();
        Matcher status = Pattern.compile("\"status\":\"([a-z]+)\"").matcher(said("status"));
        return status.find() ? status.group(1) : "";
    }

    private Process run(String name, Map<String, String> blocks) throws IOException {
        return run(name, block(blocks, name));
    }

    private Process run(String name, String commands) throws IOException {
        return shell.run(name, commands, "COORDINATOR", shell.url(), "SHOP", "http://127.0.0.1:" + shopPort);
    }

    private String said(String name) throws IOException {
        return shell.said(name);
    }

    private static void type(Process shell, String commands) throws IOException {
        OutputStream in = shell.getOutputStream();
        in.write(commands.getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    private void awaitReady(Process coordinator) throws Exception {
        Eventually.holds("the server says that it listens", LIMIT, () -> shell.listens(coordinator, "server"));
    }

    private static void awaitPort(int port, Process process) throws Exception {
        Eventually.holds("something listens on port " + port, LIMIT, () -> {
            assertThat(process.isAlive()).as("the process that should listen on port %d", port).isTrue();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }
}
