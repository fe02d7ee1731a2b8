package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.components.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/on-call.md as they stand there, against a packaged server with a transaction that is stuck because the
 * participant of one branch is down.
 */
class OnCallIT {

    private static final Path PAGE = Path.of(System.getProperty("holdfast.root", ".."), "docs/on-call.md");
    private static final String GID = "order-4711";
    private static final Duration LIMIT = Duration.ofSeconds(90);
    /** For a person who has to read meanwhile that is nothing; most of it are four starts of Java. */
    private static final long MOST_MILLIS_OF_THE_FOUR = 60_000;
    private static final int USAGE = 2;
    /** A command in the middle of a sentence. */
    private static final Pattern INLINE = Pattern.compile("`(\\./holdfast [^`]+)`");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path place;

    private int downPort;
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private Map<String, String> blocks = Map.of();
    @SuppressWarnings("NullAway.Init") // set before each test
    private DocumentShell shell;
    @SuppressWarnings("NullAway.Init")
    private Participant stock;
    @SuppressWarnings("NullAway.Init")
    private ApiWire api;
    @SuppressWarnings("NullAway.Init")
    private Cli cli;

    @BeforeEach
    void aTransactionIsStuck() throws Exception {
        downPort = FreePort.choose();
        blocks = DocumentShell.blocks(PAGE, "on-call");
        assertThat(blocks.keySet()).as("all are tested here").containsExactlyInAnyOrder("find", "explain", "retry",
                "hand-over", "group", "many", "pause", "settle");
        shell = new DocumentShell(place);
        cli = new Cli(Files.createDirectory(place.resolve("cli")));
        Process server = shell.run("server", "./holdfast server");
        Eventually.holds("the server listens", LIMIT, () -> shell.listens(server, "server"));
        api = new ApiWire(shell.url());
        stock = new Participant(0, call -> 200);
        stick(GID, "A-4711", "http://127.0.0.1:" + downPort);
        Eventually.holds("the other branch is done", LIMIT,
                () -> api.transaction(GID).path("held").toString().equals("[\"money\"]"));
    }

    @AfterEach
    void stop() {
        api.close();
        stock.close();
        shell.close();
    }

    /** Decided to confirm; the participant of the second branch does not do it. */
    private void stick(String gid, String businessKey, String down) throws Exception {
        assertThat(api.post("transactions", "{\"gid\":\"" + gid + "\",\"businessKey\":\"" + businessKey
                + "\",\"policy\":{\"retryBaseMillis\":10},\"branches\":[{\"branchId\":\"stock\",\"confirm\":\""
                + stock.url() + "/confirm\",\"cancel\":\"" + stock.url()
                + "/cancel\"},{\"branchId\":\"money\",\"confirm\":\""
                + down + "/confirm\",\"cancel\":\"" + down + "/cancel\"}]}").status()).isEqualTo(201);
        assertThat(api.post("transactions/" + gid + "/decision", "{\"decision\":\"confirm\"}").status()).isEqualTo(202);
    }

    private Participant mend() throws IOException {
        return new Participant(downPort, call -> {
            confirmed.add(call.gid());
            return 200;
        });
    }

    @Test
    void fourCommandsFindExplainRetryAndHandOver() throws Exception {
        Eventually.holds("it needs attention", LIMIT, () -> api.transaction(GID).path("needsAttention").asBoolean());
        Eventually.holds("the alarm would ring", LIMIT,
                () -> metrics().contains("holdfast_transactions_attention 1.0"));
        long began = System.nanoTime();
        assertThat(run("find")).contains("!", GID, "1 of 2 branches are confirmed",
                "127.0.0.1:" + downPort + ": no connection");
        assertThat(run("explain")).contains("Transaction order-4711 (tcc), business key A-4711",
                "Decision            confirm",
                "Why it is stuck     Confirm of branch money at 127.0.0.1:" + downPort,
                "If nothing is done  Confirm is called",
                "the decision stands", "Still held          money", "the only one that waits for",
                "./holdfast tx retry order-4711");
        try (Participant mended = mend()) {
            assertThat(run("retry")).contains("retry of order-4711", "confirmed: everything took effect");
            assertThat(run("hand-over")).contains("written to case-4711.txt");
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            System.out.println("ON-CALL: four commands took ms=" + millis);
            assertThat(millis).isLessThan(MOST_MILLIS_OF_THE_FOUR);
            assertThat(mended.url()).endsWith(":" + downPort);
        }
        assertThat(confirmed).containsExactly(GID);
        assertThat(Files.readString(place.resolve("case-4711.txt"))).startsWith("As of ").contains(
                "confirmed: everything took effect", "Audit trail",
                ": retry in state CONFIRMING, because: the shop is back");
        Eventually.holds("the alarm is silent again", LIMIT,
                () -> metrics().contains("holdfast_transactions_attention 0.0"));
    }

    @Test
    void manyAreRetriedAfterADryRunThatChangesNothing() throws Exception {
        AtomicBoolean isMended = new AtomicBoolean();
        try (Participant sick = new Participant(0, call -> isMended.get() ? 200 : 500)) {
            List<String> gids = List.of("order-4712", "order-4713");
            for (String gid : gids) {
                stick(gid, "key-of-" + gid, sick.url());
            }
            for (String gid : gids) {
                Eventually.holds(gid + " needs attention", LIMIT,
                        () -> api.transaction(gid).path("needsAttention").asBoolean());
            }
            String target = sick.url().substring("http://".length());
            assertThat(run("group").lines().filter(line -> line.contains(target))).singleElement().asString()
                    .startsWith("2 ").contains("500", "order-4712");
            for (String action : List.of("retry", "settle")) {
                Cli.Outcome dry = tx(action, "--target", target, "--reason", "r", "--dry-run");
                assertThat(dry.exitCode()).as("%s", dry).isZero();
                assertThat(dry.out()).contains("2 unfinished transactions match", "order-4713", "Nothing was done.");
                assertThat(tx(action, "--target", target, "--reason", "r").exitCode()).isEqualTo(USAGE);
                assertUntouched("order-4713");
            }
            // Still sick, or one of them could be through by an attempt of its own between look and order.
            assertThat(run("many", target)).contains("2 unfinished transactions match", "Nothing was done.",
                    "for 2 of them");
            isMended.set(true);
            assertThat(tx("retry", "--target", target, "--yes").exitCode()).isZero();
            for (String gid : gids) {
                Eventually.holds(gid + " ends", LIMIT, () -> api.state(gid).equals("CONFIRMED"));
            }
        }
    }

    @Test
    void aPauseStopsTheCallsUntilItIsResumed() throws Exception {
        assertThat(run("pause")).contains("An operator paused it: books twice, fix under way",
                "an operator: books twice",
                "resume of order-4711");
        assertThat(api.transaction(GID).path("paused").asBoolean()).isFalse();
        assertThat(api.transaction(GID).path("audit")).hasSize(2);
    }

    @Test
    void nothingIsSettledWithoutReasonAndSecondConfirmation() throws Exception {
        String target = "127.0.0.1:" + downPort;
        for (Cli.Outcome refused : List.of(tx("settle", GID, "--confirm", GID), tx("settle", GID, "--reason", "r"),
                tx("settle", GID, "--reason", "r", "--confirm", "order-4712"),
                tx("settle", "--target", target, "--reason", "r", "--confirm-count", "2"))) {
            assertThat(refused.exitCode()).as("%s", refused).isEqualTo(USAGE);
            assertUntouched(GID);
        }
        assertThat(run("settle")).contains("Its decision, confirm, stays as it is", "Still held", "money",
                "Nothing was done.", "settled by hand");
        JsonNode settled = api.transaction(GID);
        assertThat(settled.path("state").asText()).isEqualTo("SETTLED_BY_HAND");
        assertThat(settled.path("decision").asText()).isEqualTo("confirm");
        assertThat(settled.path("audit").get(0).path("reason").asText()).contains("ticket 17");
        Cli.Outcome late = tx("retry", GID);
        assertThat(late.exitCode()).isEqualTo(1);
        assertThat(late.err().lines()).singleElement().asString().contains("order-4711 is finished: settled by hand");
    }

    /** Those in the middle of a sentence: run as they stand, with a transaction for its name. */
    @Test
    void everyCommandInTheTextRuns() throws Exception {
        List<String> commands = INLINE.matcher(Files.readString(PAGE)).results()
                .map(found -> found.group(1).replace("GID", GID)).distinct().toList();
        assertThat(commands).containsExactlyInAnyOrder("./holdfast tx list --label user=42 --all",
                "./holdfast tx list --limit 1", "./holdfast tx list --paused", "./holdfast tx resume " + GID,
                "./holdfast tx list --group", "./holdfast bench");
        assertThat(run("pause-first", "./holdfast tx pause " + GID, "")).contains(GID);
        for (String command : commands) {
            // That takes minutes and has tests of its own; that it is there is what the page says.
            String runnable = command.equals("./holdfast bench") ? command + " --help" : command;
            assertThat(run("inline", runnable, "")).as(command).isNotBlank();
        }
        assertThat(api.transaction(GID).path("paused").asBoolean()).isFalse();
    }

    private void assertUntouched(String gid) throws Exception {
        JsonNode transaction = api.transaction(gid);
        assertThat(transaction.path("state").asText()).isEqualTo("CONFIRMING");
        assertThat(transaction.path("paused").asBoolean()).isFalse();
        assertThat(transaction.path("audit")).isEmpty();
    }

    private Cli.Outcome tx(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 3];
        all[0] = "tx";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--server";
        all[arguments.length + 2] = shell.url();
        return cli.run(all);
    }

    private String run(String block) throws Exception {
        return run(block, "127.0.0.1:" + downPort);
    }

    private String run(String block, String target) throws Exception {
        String commands = blocks.get(block);
        if (commands == null) {
            throw new AssertionError("the page has no block " + block + ", only " + blocks.keySet());
        }
        return run(block, "set -e\n" + commands, target);
    }

    private String run(String block, String commands, String target) throws Exception {
        Process process = shell.run(block, commands, "TARGET", target);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("%s ends", block).isTrue();
        assertThat(process.exitValue()).as("%s said: %s", block, shell.said(block)).isZero();
        return shell.said(block);
    }

    private String metrics() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(shell.url() + "/metrics")).build(),
                    BodyHandlers.ofString()).body();
        }
    }
}
