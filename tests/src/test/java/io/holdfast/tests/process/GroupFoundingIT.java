package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.components.FreePort;
import io.holdfast.tests.process.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Three packaged servers that begin a group with what one had, or with a backup of a group that is lost. */
class GroupFoundingIT {

    private static final long SEED = Long.getLong("holdfast.seed", 20_261_129);
    private static final int NODES = 3;
    private static final int CLIENTS = 8;
    private static final int IDS = 200;
    private static final String IS_LONG = "takes a minute: -Dholdfast.longCluster=true";
    private static final int ASKED_AFTER_A_KILL = 50;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String BACKED_UP = "backup:\n  directory: %s\nstore:\n  minFreeBytes: 0\n";
    private static final Pattern DIFFERENT = Pattern.compile("do not begin with the same: "
            + "n1 (\\(this node\\) )?has backup [0-9a-f]{12} of entry \\d+, "
            + "n2 (\\(this node\\) )?has backup [0-9a-f]{12} of entry \\d+, n3 (\\(this node\\) )?has nothing");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Cli cli;
    /** Whether participants do what they are asked. */
    private final AtomicBoolean works = new AtomicBoolean();

    @BeforeEach
    void setUp() {
        cli = new Cli(directory);
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = IS_LONG)
    void aSingleServerUnderLoadBecomesAGroup() throws Exception {
        int port = FreePort.choose();
        Path data = directory.resolve("single");
        try (ServerProcess single = ServerProcess.start(data, port);
                Participant participant = new Participant(0, call -> works.get() ? 200 : 500);
                DtmWire wire = new DtmWire(single.url());
                Crowd crowd = new Crowd(single.url(), CLIENTS, SEED)) {
            single.awaitListening();
            prepare(wire, participant, "undecided");
            prepare(wire, participant, "decided");
            assertThat(wire.post("submit", DtmWire.transaction("decided", "tcc")).isSuccess()).isTrue();
            long until = crowd.answers() + 300;
            Eventually.holds("clients get answers", LIMIT, () -> crowd.answers() >= until);
            single.sigterm();
            assertThat(single.awaitEnd()).as(single.said()).isZero();

            Path backup = directory.resolve("of-single");
            ok("store", "backup", "--data", data.toString(), "--to", backup.toString());
            restore(backup, 1);
            for (int i = 2; i <= NODES; i++) {
                copy(directory.resolve("n1"), directory.resolve("n" + i));
            }
            works.set(true);
            long before = crowd.answers();
            try (ServerGroup group = new ServerGroup(directory, NODES, "", port)) {
                long gap = Eventually.holds("clients get answers of the group", LIMIT,
                        () -> crowd.answers() > before + CLIENTS);
                Eventually.holds("what was decided ends", LIMIT, () -> wire.status("decided").equals("succeed"));
                assertThat(wire.status("undecided")).isEqualTo("prepared");
                assertThat(wire.post("submit", DtmWire.transaction("undecided", "tcc")).isSuccess()).isTrue();

                // It is a group: another leader knows all of it.
                int leader = group.awaitLeader();
                group.get(leader).sigkill();
                group.awaitOtherLeader(leader);
                group.get(leader).startAgain();
                group.get(leader).awaitListening();
                crowd.askForTheYoungest(ASKED_AFTER_A_KILL);
                crowd.settle();
                List<String> violations = crowd.violations();
                System.out.println("FOUNDING: transactions=" + crowd.transactions() + " acknowledged="
                        + crowd.acknowledged() + " millisFromLeaderToAnswers=" + gap + " violations="
                        + violations.size());
                assertThat(violations).isEmpty();
                assertThat(wire.status("undecided")).isEqualTo("succeed");
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = IS_LONG)
    void aGroupThatLostAllItsDisksBeginsAgainWithABackup() throws Exception {
        Set<String> issued = new HashSet<>();
        try (ServerGroup group = new ServerGroup(directory, NODES, BACKED_UP.formatted(directory));
                Participant participant = new Participant(0, call -> works.get() ? 200 : 500);
                DtmWire wire = new DtmWire(Reach.of(group.urls()))) {
            beginSome(group, wire, participant);
            ok("store", "backup", "--server", group.get(group.awaitLeader()).url(), "--name", "one");
            prepare(wire, participant, "too-late");
            for (int i = 0; i < IDS; i++) {
                issued.add(wire.get("newGid").json().path("gid").asText());
            }
            for (int i = 0; i < NODES; i++) {
                group.get(i).sigkill();
                group.lose(i);
            }

            // One was forgotten: then nobody begins, and each says why.
            Path backup = directory.resolve("one");
            restore(backup, 1);
            assertThat(cli.run("store", "verify", "--data", group.data(0).toString()).out())
                    .contains("All is well", "unfinished transactions, of backup ");
            restore(backup, 2);
            for (ServerProcess server : group.servers()) {
                server.startAgain();
            }
            for (ServerProcess server : group.servers()) {
                Eventually.holds("it says that the nodes differ", LIMIT, () -> DIFFERENT.matcher(server.said()).find());
            }
            for (int i = 0; i < NODES; i++) {
                assertThat(group.standing(i)).isEqualTo("new");
            }
            group.get(2).sigkill();
            group.lose(2);
            restore(backup, 3);
            works.set(true);
            group.get(2).startAgain();
            group.awaitLeader();

            assertThatItGoesOn(wire);
            assertThat(wire.status("too-late")).isEqualTo("unknown");
            for (int i = 0; i < IDS; i++) {
                assertThat(issued).doesNotContain(wire.get("newGid").json().path("gid").asText());
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = IS_LONG)
    void aGroupThatLostItsMajorityBeginsAgainWithWhatIsLeft() throws Exception {
        try (ServerGroup group = new ServerGroup(directory, NODES, BACKED_UP.formatted(directory));
                Participant participant = new Participant(0, call -> works.get() ? 200 : 500);
                DtmWire wire = new DtmWire(Reach.of(group.urls()))) {
            beginSome(group, wire, participant);
            // Others may not have heard yet that the last entries were agreed on.
            int survivor = group.awaitLeader();
            for (int i = 0; i < NODES; i++) {
                if (i != survivor) {
                    group.get(i).sigkill();
                    group.lose(i);
                }
            }
            Eventually.holds("nobody leads", LIMIT, () -> group.leaderAsSeenBy(survivor) == null);
            ok("store", "backup", "--server", group.get(survivor).url(), "--name", "survivor");
            group.get(survivor).sigkill();

            // Its log is of the group that is lost: as long as it is there the others do not begin.
            for (int i = 0; i < NODES; i++) {
                if (i != survivor) {
                    restore(directory.resolve("survivor"), i + 1);
                }
                group.get(i).startAgain();
            }
            for (int i = 0; i < NODES; i++) {
                int node = i;
                if (node != survivor) {
                    Eventually.holds("it says that the group is another", LIMIT, () -> group.get(node).saidInThisLife()
                            .contains("has begun, but not with what this node has"));
                    // Its port may open a little later.
                    Eventually.holds("it waits", LIMIT, () -> group.standing(node).equals("new"));
                }
            }
            group.get(survivor).sigkill();
            group.lose(survivor);
            restore(directory.resolve("survivor"), survivor + 1);
            works.set(true);
            group.get(survivor).startAgain();
            ServerProcess dies = group.get((survivor + 1) % NODES);
            Eventually.holds("it begins", LIMIT, () -> dies.saidInThisLife().contains("beginning a new group"));
            dies.sigkill();
            dies.startAgain();
            group.awaitLeader();
            assertThatItGoesOn(wire);
            for (int i = 0; i < NODES; i++) {
                int node = i;
                Eventually.holds("it takes part", LIMIT, () -> !group.standing(node).isEmpty()
                        && !List.of("new", "founder").contains(group.standing(node)));
            }
        }
    }

    /** Leaves one transaction that has ended, one that is decided and owes a call, and one that is undecided. */
    private void beginSome(ServerGroup group, DtmWire wire, Participant participant) throws Exception {
        group.awaitLeader();
        works.set(true);
        prepare(wire, participant, "ended");
        assertThat(wire.post("submit", DtmWire.transaction("ended", "tcc").put("wait_result", true)).isSuccess())
                .isTrue();
        works.set(false);
        prepare(wire, participant, "undecided");
        prepare(wire, participant, "decided");
        assertThat(wire.post("submit", DtmWire.transaction("decided", "tcc")).isSuccess()).isTrue();
    }

    private static void assertThatItGoesOn(DtmWire wire) throws Exception {
        assertThat(wire.status("ended")).isEqualTo("succeed");
        Eventually.holds("what was decided ends", LIMIT, () -> wire.status("decided").equals("succeed"));
        assertThat(wire.status("undecided")).isEqualTo("prepared");
        assertThat(wire.post("submit", DtmWire.transaction("undecided", "tcc").put("wait_result", true)).isSuccess())
                .isTrue();
        assertThat(wire.status("undecided")).isEqualTo("succeed");
    }

    private static void prepare(DtmWire wire, Participant participant, String gid) throws Exception {
        assertThat(wire.post("prepare", DtmWire.transaction(gid, "tcc").put("timeout_to_fail", 3_600)).isSuccess())
                .isTrue();
        assertThat(wire.post("registerBranch", DtmWire.branch(gid, "01", participant.url())).isSuccess()).isTrue();
    }

    private void restore(Path backup, int node) throws Exception {
        Path data = directory.resolve("n" + node);
        ok("store", "restore", "--group", "--from", backup.toString(), "--data", data.toString());
        assertThat(Files.exists(data.resolve("foundation"))).isTrue();
    }

    /** As an operator does who restores once and takes the directory to the other machines. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private void ok(String... arguments) throws Exception {
        Outcome outcome = cli.run(arguments);
        assertThat(outcome.exitCode()).as("%s said %s%s", List.of(arguments), outcome.out(), outcome.err()).isZero();
    }
}
