package io.holdfast.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.tests.faults.Fault.Role;
import io.holdfast.tests.process.Audit.Kept;
import io.holdfast.tests.process.Crowd;
import io.holdfast.tests.process.DtmWire;
import io.holdfast.tests.process.DtmWire.Answer;
import io.holdfast.tests.process.Eventually;
import io.holdfast.tests.process.Reach;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a group of three does with one fault, of which more is known than that every promise is kept. */
class FaultScenariosIT {

    private static final String LONG = "takes minutes: -Dholdfast.longCluster=true";
    private static final long SEED = Long.getLong("holdfast.seed", 20_261_129);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Above what a node takes to say that nobody leads. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(8);
    /** How long there is jitter. */
    private static final int JITTER_SECONDS = Integer.getInteger("holdfast.jitterSeconds", 60);
    private static final int JITTER_MILLIS = 300;
    private static final long LONG_CUT_MILLIS = 27_000;
    /** Within which a connection that is dead at the other end has to be found. */
    private static final long BACK_MILLIS = 10_000;
    private static final int HOUR_SECONDS = 3_600;
    private static final int DEADLINE_SECONDS = 15;
    /** Of logical time, which stands still without a leader. */
    private static final Duration DEADLINE_IS_KEPT_WITHIN = Duration.ofSeconds(DEADLINE_SECONDS + 15);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    /** Which packets of the leader are lost; clients reach everybody. */
    enum Loss {
        /** Those from the others, and those to them. */
        BOTH_WAYS,
        /** Those from the others. */
        DEAF,
        /** Those to the others. */
        MUTE
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void aLeaderThatIsCutOffAcknowledgesNothingAndSaysNothingStale(Loss loss) throws Exception {
        try (FaultLab lab = new FaultLab(directory, SEED)) {
            int old = lab.group.awaitLeader();
            try (DtmWire toOld = wire(lab, List.of(lab.group.get(old).url()));
                    DtmWire toAll = wire(lab, otherUrls(lab, old))) {
                assertThat(toOld.post("prepare", tcc("decided")).isSuccess()).isTrue();
                for (int other = 0; other < FaultLab.NODES; other++) {
                    if (other != old && loss != Loss.MUTE) {
                        lab.network.cut(other, old);
                    }
                    if (other != old && loss != Loss.DEAF) {
                        lab.network.cut(old, other);
                    }
                }
                long cutAt = System.nanoTime();
                Answer alone = toOld.post("prepare", tcc("of-a-minority"));
                assertThat(alone.isSuccess()).as("%s", alone).isFalse();
                assertThat(alone.status()).as("%s", alone).isIn(503, 504);
                Eventually.holds("the others decide", LIMIT, () -> succeeds(toAll, "submit", tcc("decided")));
                long decidedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - cutAt);
                for (int i = 0; i < 3; i++) {
                    assertThat(statusOrNothing(toOld, "decided")).isIn("", "submitted", "succeed");
                }
                lab.network.heal();
                long backMillis = Eventually.holds("it follows", LIMIT,
                        () -> statusOrNothing(toOld, "decided").equals("succeed"));
                System.out.println("FAULTS: " + loss + ": the others decided after " + decidedMillis
                        + " ms, the old leader knows of it " + backMillis + " ms after the cut is healed");
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void aNodeThatWasCutOffForLongIsBackSoon() throws Exception {
        try (FaultLab lab = new FaultLab(directory, SEED)) {
            int node = (lab.group.awaitLeader() + 1) % FaultLab.NODES;
            for (int other = 0; other < FaultLab.NODES; other++) {
                if (other != node) {
                    lab.network.cut(other, node);
                    lab.network.cut(node, other);
                }
            }
            // Connections that nobody has closed wait longer and longer before they try again.
            Eventually.pass(LONG_CUT_MILLIS);
            lab.network.heal();
            long backMillis = Eventually.holds("it has a leader", LIMIT,
                    () -> lab.group.leaderAsSeenBy(node) != null);
            System.out.println("FAULTS: cut off for " + LONG_CUT_MILLIS + " ms, back after " + backMillis + " ms");
            assertThat(backMillis).isLessThan(BACK_MILLIS);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void withTwoNodesThatStandStillNothingIsAcknowledged() throws Exception {
        try (FaultLab lab = new FaultLab(directory, SEED)) {
            int leader = lab.group.awaitLeader();
            List<Answer> answers = new ArrayList<>();
            try (DtmWire wire = wire(lab, List.of(lab.group.get(leader).url()))) {
                for (int node = 0; node < FaultLab.NODES; node++) {
                    if (node != leader) {
                        lab.group.get(node).pause();
                    }
                }
                for (int i = 0; i < 5; i++) {
                    answers.add(wire.post("prepare", tcc("stopped-" + i)));
                }
                for (int node = 0; node < FaultLab.NODES; node++) {
                    if (node != leader) {
                        lab.group.get(node).goOn();
                    }
                }
                lab.awaitWell();
                // What was refused was not done; what is unknown may have been. The same request is taken now.
                for (int i = 0; i < answers.size(); i++) {
                    Answer answer = answers.get(i);
                    assertThat(answer.isSuccess()).as("%s", answer).isFalse();
                    assertThat(answer.status()).as("%s", answer).isIn(503, 504);
                    String code = answer.json().path("code").asText();
                    assertThat(code).as("%s", answer).isIn("no_leader", "unknown_outcome");
                    String gid = "stopped-" + i;
                    if (code.equals("no_leader")) {
                        assertThat(wire.status(gid)).isEqualTo("unknown");
                    }
                    Eventually.holds("it is taken", LIMIT, () -> succeeds(wire, "prepare", tcc(gid)));
                }
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void aClockThatMovesByAnHourTimesNothingOutEarly() throws Exception {
        try (FaultLab lab = new FaultLab(directory, SEED);
                DtmWire wire = wire(lab, lab.group.urls())) {
            int first = lab.group.awaitLeader();
            List<Long> begunNanos = new ArrayList<>();
            begin(wire, begunNanos);
            lab.libc(first).moveClock(HOUR_SECONDS);
            stillOpen(wire, begunNanos);
            begin(wire, begunNanos);
            lab.libc((first + 1) % FaultLab.NODES).moveClock(-HOUR_SECONDS);
            // Another one takes over from a leader who is an hour ahead.
            lab.group.get(first).sigkill();
            int second = lab.group.awaitOtherLeader(first);
            stillOpen(wire, begunNanos);
            begin(wire, begunNanos);
            lab.libc(second).moveClock(HOUR_SECONDS);
            stillOpen(wire, begunNanos);
            lab.libc(second).moveClock(-HOUR_SECONDS);
            begin(wire, begunNanos);
            lab.group.get(first).startAgain();
            lab.awaitWell();
            long lastNanos = begunNanos.getLast();
            while (System.nanoTime() - lastNanos < TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS)) {
                stillOpen(wire, begunNanos);
                Eventually.pass(200);
            }
            Eventually.holds("but in time", DEADLINE_IS_KEPT_WITHIN, () -> {
                for (int i = 0; i < begunNanos.size(); i++) {
                    if (!statusOrNothing(wire, "clock-" + i).equals("failed")) {
                        return false;
                    }
                }
                return true;
            });
        }
    }

    private static void begin(DtmWire wire, List<Long> begunNanos) throws Exception {
        for (int i = 0; i < 5; i++) {
            String gid = "clock-" + begunNanos.size();
            // Before it is sent: it begins no earlier.
            long now = System.nanoTime();
            Eventually.holds("it begins", LIMIT,
                    () -> succeeds(wire, "prepare", tcc(gid).put("timeout_to_fail", DEADLINE_SECONDS)));
            begunNanos.add(now);
        }
    }

    private static void stillOpen(DtmWire wire, List<Long> begunNanos) throws InterruptedException {
        for (int i = 0; i < begunNanos.size(); i++) {
            String status = statusOrNothing(wire, "clock-" + i);
            if (System.nanoTime() - begunNanos.get(i) < TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS)) {
                assertThat(status).as("clock-%d", i).isIn("", "prepared");
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void jitterCausesNoElection() throws Exception {
        List<JitterProxy> proxies = new ArrayList<>();
        try (FaultLab lab = new FaultLab(directory, SEED)) {
            detour(lab, proxies);
            // Connections that there are do not take the detour, those of a new process do.
            for (int node = 0; node < FaultLab.NODES; node++) {
                lab.group.get(node).sigkill();
                lab.group.get(node).startAgain();
                lab.awaitWell();
            }
            try (Crowd crowd = new Crowd(lab.reach(ANSWER_LIMIT), 4, SEED, Kept.FOR_EVER)) {
                String leader = "n" + (lab.group.awaitLeader() + 1);
                long before = proxies.stream().mapToLong(JitterProxy::pieces).sum();
                long answersBefore = crowd.answers();
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(JITTER_SECONDS);
                while (System.nanoTime() < end) {
                    for (int node = 0; node < FaultLab.NODES; node++) {
                        assertThat(lab.group.leaderAsSeenBy(node)).as("as seen by node %d", node + 1)
                                .isEqualTo(leader);
                    }
                    Eventually.pass(50);
                }
                long pieces = proxies.stream().mapToLong(JitterProxy::pieces).sum() - before;
                System.out.println("FAULTS: jitter: seconds=" + JITTER_SECONDS + " pieces=" + pieces + " answers="
                        + (crowd.answers() - answersBefore) + " elections=0");
                // Heartbeats alone are four a second.
                assertThat(pieces).isGreaterThan(4L * JITTER_SECONDS);
                crowd.settle();
                assertThat(crowd.violations()).isEmpty();
            }
        } finally {
            for (JitterProxy proxy : proxies) {
                proxy.close();
            }
        }
    }

    private static void detour(FaultLab lab, List<JitterProxy> proxies) throws IOException, InterruptedException {
        for (int from = 0; from < FaultLab.NODES; from++) {
            for (int to = 0; to < FaultLab.NODES; to++) {
                if (from != to) {
                    int port = lab.group.logPort(to);
                    JitterProxy proxy = new JitterProxy(lab.network.address(FaultNetwork.CLIENTS),
                            new InetSocketAddress(lab.network.address(to), port), JITTER_MILLIS, SEED + from);
                    proxies.add(proxy);
                    lab.network.detour(from, to, port, proxy.port());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void aTornLogIsCutWhereItWasNeverSynced(Role role) throws Exception {
        try (FaultLab lab = new FaultLab(directory, SEED);
                Crowd crowd = new Crowd(lab.reach(ANSWER_LIMIT), 4, SEED, Kept.FOR_EVER)) {
            for (int i = 1; lab.torn() < 2; i++) {
                assertThat(i).as("times that nothing could be torn").isLessThan(10);
                long until = crowd.answers() + 50;
                Eventually.holds("clients get answers", LIMIT, () -> crowd.answers() >= until);
                lab.strike(new Fault.TornLog(role));
                lab.awaitWell();
            }
            crowd.settle();
            assertThat(crowd.violations()).isEmpty();
        }
    }

    private static DtmWire wire(FaultLab lab, List<String> servers) {
        Reach reach = lab.reach(ANSWER_LIMIT);
        return new DtmWire(new Reach(servers, reach.token(), reach.answerLimit(), reach.participantAddress()));
    }

    private static List<String> otherUrls(FaultLab lab, int but) {
        List<String> urls = new ArrayList<>(lab.group.urls());
        urls.remove(but);
        return urls;
    }

    private static ObjectNode tcc(String gid) {
        return DtmWire.transaction(gid, "tcc");
    }

    private static boolean succeeds(DtmWire wire, String what, ObjectNode body)
            throws InterruptedException {
        try {
            return wire.post(what, body).isSuccess();
        } catch (IOException e) {
            return false;
        }
    }

    /** Empty if nobody says. */
    private static String statusOrNothing(DtmWire wire, String gid) throws InterruptedException {
        try {
            Answer answer = wire.get("query?gid=" + gid);
            return answer.status() == 200 ? answer.json().path("transaction").path("status").asText("unknown") : "";
        } catch (IOException e) {
            return "";
        }
    }
}
