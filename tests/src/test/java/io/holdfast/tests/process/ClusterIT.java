package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.tests.process.Audit.Kept;
import io.holdfast.tests.process.DtmWire.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Three packaged servers that agree on their log, on real sockets and disks, while some of them die or stand still. */
class ClusterIT {

    /** Fewer leave a small machine the time to start nodes as often as they are killed. */
    private static final int CLIENTS = Integer.getInteger("holdfast.clusterClients", 16);
    private static final int KILLS = Integer.getInteger("holdfast.leaderKills", 1);
    private static final long BETWEEN_MILLIS = Long.getLong("holdfast.leaderKillMillis", 1_000);
    private static final long SEED = Long.getLong("holdfast.seed", 20_261_129);
    private static final int ASKED_AFTER_A_KILL = 50;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String LONG = "takes minutes: -Dholdfast.longCluster=true";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @Test
    void whatWasAcknowledgedOutlivesItsLeader() throws Exception {
        List<Long> gaps = new ArrayList<>();
        try (ServerGroup group = new ServerGroup(directory, 3, "");
                Crowd crowd = new Crowd(group.urls(), CLIENTS, SEED, Kept.FOR_EVER)) {
            long begunNanos = System.nanoTime();
            long lastKillNanos = begunNanos;
            for (int kill = 0; kill < KILLS; kill++) {
                long until = crowd.answers() + 100;
                Eventually.pass(Math.max(1, BETWEEN_MILLIS - millisSince(lastKillNanos)));
                Eventually.holds("clients get answers", LIMIT, () -> crowd.answers() >= until);
                int leader = group.awaitLeader();
                lastKillNanos = System.nanoTime();
                group.get(leader).sigkill();
                long before = crowd.answers();
                gaps.add(Eventually.holds("the others go on", LIMIT, () -> crowd.answers() > before + CLIENTS));
                group.get(leader).startAgain();
                group.get(leader).awaitListening();
                crowd.askForTheYoungest(ASKED_AFTER_A_KILL);
            }
            long seconds = millisSince(begunNanos) / 1_000;
            long settleMillis = crowd.settle();
            List<String> violations = crowd.violations();
            Collections.sort(gaps);
            System.out.println("CLUSTER: seed=" + SEED + " kills=" + KILLS + " seconds=" + seconds + " transactions="
                    + crowd.transactions()
                    + " acknowledged=" + crowd.acknowledged() + " gapMillisMedian=" + gaps.get(gaps.size() / 2)
                    + " gapMillisMax=" + gaps.getLast() + " settleMillis=" + settleMillis + " violations="
                    + violations.size());
            assertThat(violations).isEmpty();
            assertThat(crowd.acknowledged()).isGreaterThan(KILLS * 50L);
        }
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }

    @Test
    void aMinorityAcknowledgesNothing() throws Exception {
        try (ServerGroup group = new ServerGroup(directory, 3, "")) {
            int leader = group.awaitLeader();
            for (int i = 0; i < 3; i++) {
                if (i != leader) {
                    group.get(i).sigkill();
                }
            }
            try (DtmWire alone = new DtmWire(group.get(leader).url())) {
                Answer first = alone.post("prepare", tcc("of-a-minority"));
                assertThat(first.isSuccess()).as("%s", first).isFalse();
                Eventually.holds("it gives up to lead", LIMIT,
                        () -> group.leaderAsSeenBy(leader) == null);
                Answer second = alone.post("prepare", tcc("of-a-minority"));
                assertThat(second.status()).isEqualTo(503);
                assertThat(second.json().path("code").asText()).isEqualTo("no_leader");

                for (int i = 0; i < 3; i++) {
                    if (i != leader) {
                        group.get(i).startAgain();
                    }
                }
                group.awaitLeader();
                Eventually.holds("the same request is taken", LIMIT,
                        () -> alone.post("prepare", tcc("of-a-minority")).isSuccess());
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void aLeaderThatStoodStillGivesNoStaleAnswer() throws Exception {
        try (ServerGroup group = new ServerGroup(directory, 3, "");
                Participant participant = new Participant(0, call -> 200)) {
            int old = group.awaitLeader();
            try (DtmWire before = new DtmWire(group.get(old).url())) {
                assertThat(before.post("prepare", tcc("stale")).isSuccess()).isTrue();
                assertThat(before.post("registerBranch", DtmWire.branch("stale", "01", participant.url())).isSuccess())
                        .isTrue();
                group.get(old).pause();
                int next = group.awaitOtherLeader(old);
                try (DtmWire after = new DtmWire(group.get(next).url())) {
                    assertThat(after.post("submit", tcc("stale")).isSuccess()).isTrue();
                }
                Eventually.pass(8_000);
                group.get(old).goOn();
                // Whatever it says, it must not be that nothing was decided.
                for (int i = 0; i < 20; i++) {
                    assertThat(statusOrNothing(before, "stale")).isIn("", "submitted", "succeed");
                }
                Eventually.holds("it follows", LIMIT, () -> statusOrNothing(before, "stale").equals("succeed"));
            }
        }
    }

    private static String statusOrNothing(DtmWire wire, String gid) throws InterruptedException {
        try {
            Answer answer = wire.get("query?gid=" + gid);
            return answer.status() == 200 ? answer.json().path("transaction").path("status").asText("unknown") : "";
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void aNodeThatIsTooFarBehindTakesOverTheStoreOfItsLeader() throws Exception {
        // As small as can be, so that the log is released soon.
        String smallCuts = "store:\n  cutBytes: 65536\nlimits:\n  maxLiveBytes: 1048576\n";
        try (ServerGroup group = new ServerGroup(directory, 3, smallCuts);
                Crowd crowd = new Crowd(group.urls(), CLIENTS, SEED, Kept.FOR_EVER)) {
            int away = (group.awaitLeader() + 1) % 3;
            group.get(away).sigkill();
            long until = crowd.answers() + 6_000;
            Eventually.holds("the others go on without it", LIMIT, () -> crowd.answers() >= until);
            group.get(away).startAgain();
            group.get(away).awaitListening();
            Eventually.holds("it has the store of the leader", LIMIT,
                    () -> group.get(away).said().contains("fetching a cut"));
            crowd.settle();
            assertThat(crowd.violations()).isEmpty();
            // Now it counts: without it there is no majority.
            group.get((away + 1) % 3).sigkill();
            group.awaitLeader();
            crowd.askForTheYoungest(ASKED_AFTER_A_KILL);
            assertThat(crowd.violations()).isEmpty();
            try (Stream<Path> left = Files.list(group.data(away))) {
                assertThat(left.map(path -> path.getFileName().toString())).contains("log", "store")
                        .noneMatch(name -> name.startsWith("store."));
            }
        }
    }

    @Test
    void aNodeThatLostItsDiskBeginsWithACutOfTheLeaderAndCounts() throws Exception {
        try (ServerGroup group = new ServerGroup(directory, 3, "");
                Crowd crowd = new Crowd(group.urls(), CLIENTS, SEED, Kept.FOR_EVER)) {
            long until = crowd.answers() + 300;
            Eventually.holds("clients get answers", LIMIT, () -> crowd.answers() >= until);
            int lost = (group.awaitLeader() + 1) % 3;
            group.get(lost).sigkill();
            group.lose(lost);
            long before = crowd.answers() + 100;
            Eventually.holds("the others go on without it", LIMIT, () -> crowd.answers() >= before);
            group.get(lost).startAgain();
            group.get(lost).awaitListening();
            Eventually.holds("it is a member again", LIMIT, () -> group.standing(lost).equals("member"));
            assertThat(group.get(lost).said()).contains("beginning with a cut of the leader");
            // Now it counts: without it there is no majority.
            group.get((lost + 1) % 3).sigkill();
            group.awaitLeader();
            crowd.settle();
            crowd.askForTheYoungest(ASKED_AFTER_A_KILL);
            assertThat(crowd.violations()).isEmpty();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void nodesAreRestartedOneAfterTheOtherUnderLoad() throws Exception {
        try (ServerGroup group = new ServerGroup(directory, 3, "");
                Crowd crowd = new Crowd(group.urls(), CLIENTS, SEED, Kept.FOR_EVER)) {
            List<Long> gaps = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                // The leader each time, so that each restart costs what it can.
                int leader = group.awaitLeader();
                long until = crowd.answers() + 100;
                Eventually.holds("clients get answers", LIMIT, () -> crowd.answers() >= until);
                group.get(leader).sigterm();
                int next = group.awaitOtherLeader(leader);
                long before = crowd.answers();
                gaps.add(Eventually.holds("clients get answers of node " + next, LIMIT,
                        () -> crowd.answers() > before + CLIENTS));
                assertThat(group.get(leader).awaitEnd()).isZero();
                assertThat(group.get(leader).saidInThisLife()).contains("another node leads now");
                group.get(leader).startAgain();
                group.get(leader).awaitListening();
            }
            crowd.settle();
            List<String> violations = crowd.violations();
            System.out
                    .println("CLUSTER: rolling restart: acknowledged=" + crowd.acknowledged() + " millis to answers of "
                            + "the next leader=" + gaps + " violations=" + violations.size());
            assertThat(violations).isEmpty();
        }
    }

    private static ObjectNode tcc(String gid) {
        return DtmWire.transaction(gid, "tcc");
    }
}
