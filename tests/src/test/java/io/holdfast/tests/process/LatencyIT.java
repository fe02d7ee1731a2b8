package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.components.FreePort;
import io.holdfast.tests.process.DtmWire.Answer;
import io.holdfast.tests.process.Participant.Behaviour;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody waits for somebody else's participant. */
@Tag("alone")
class LatencyIT {

    private static final int OK = 200;
    private static final int HUNG = 12;
    private static final int OWED = 10_000;
    private static final int OTHERS = 50;
    private static final int SUBMITTERS = 32;
    /** Calls under way that a target which has just come back starts with; each answer adds one. */
    private static final int RAMP_AFTER_OUTAGE = 4;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final CountDownLatch release = new CountDownLatch(1);
    @SuppressWarnings("NullAway.Init")
    private ServerProcess server;
    @SuppressWarnings("NullAway.Init")
    private DtmWire wire;

    @BeforeEach
    void startTheServer() throws Exception {
        server = ServerProcess.start(directory.resolve("data"), FreePort.choose());
        server.awaitListening();
        wire = new DtmWire(server.url());
        try (Participant warmUp = new Participant(0, call -> OK)) {
            for (int i = 0; i < 20; i++) {
                tccMillis("warm-up-" + i, warmUp.url());
            }
        }
    }

    @AfterEach
    void stopTheServer() {
        release.countDown();
        wire.close();
        server.close();
    }

    @Test
    void aSagaOfEightBranchesOfASecondEachTakesLittleMore() throws Exception {
        try (Participant slow = new Participant(0, slow(1_000))) {
            ObjectNode saga = saga("eight", slow.url(), 8).put("request_timeout", 3).put("wait_result", true);
            long millis = millisOf("submit", saga);
            System.out.println("LATENCY: Saga of 8 x 1 s: " + millis + " ms");
            assertThat(millis).isBetween(8_000L, 8_499L);
        }
    }

    @Test
    void twelveTransactionsThatHangDoNotDelayTheThirteenth() throws Exception {
        CountDownLatch hung = new CountDownLatch(2 * HUNG);
        Behaviour hangsForSome = call -> {
            if (call.path().startsWith("/hang")) {
                hung.countDown();
                release.await();
            }
            return OK;
        };
        try (Participant participant = new Participant(0, hangsForSome)) {
            for (int i = 0; i < HUNG; i++) {
                submitTcc("hung-tcc-" + i, participant.url() + "/hang", false);
                assertThat(wire.post("submit", saga("hung-saga-" + i, participant.url() + "/hang", 1)).isSuccess())
                        .isTrue();
            }
            assertThat(hung.await(20, TimeUnit.SECONDS)).as("all of them hang").isTrue();
            long tcc = tccMillis("thirteenth-tcc", participant.url());
            long saga = millisOf("submit", saga("thirteenth-saga", participant.url(), 2).put("wait_result", true));
            System.out.println("LATENCY: beside " + 2 * HUNG + " that hang: TCC " + tcc + " ms, Saga " + saga + " ms");
            assertThat(tcc).isLessThan(1_000);
            assertThat(saga).isLessThan(1_000);
            assertThat(wire.unfinished()).as("they still hang").hasSize(2 * HUNG);
        }
    }

    @Test
    void aDeadParticipantDelaysNobodyAndIsRampedUpWhenItReturns() throws Exception {
        int deadPort = FreePort.choose();
        oweTenThousandCallsTo("http://127.0.0.1:" + deadPort);
        assertThat(wire.unfinished()).hasSize(OWED / 2);
        try (Participant alive = new Participant(0, call -> OK)) {
            long slowest = 0;
            for (int i = 0; i < OTHERS; i++) {
                slowest = Math.max(slowest, tccMillis("other-" + i, alive.url()));
            }
            System.out.println("LATENCY: beside " + OWED + " calls owed to a dead participant, the slowest of " + OTHERS
                    + " takes " + slowest + " ms");
            assertThat(slowest).isLessThan(1_000);
        }
        Ramp ramp = new Ramp();
        try (Participant returned = new Participant(deadPort, ramp)) {
            long millis = Eventually.holds("all that was owed is confirmed", Duration.ofSeconds(60), () -> {
                Eventually.pass(200);
                return wire.unfinished().isEmpty();
            });
            System.out.println("LATENCY: " + OWED + " calls in " + millis + " ms after the return of " + returned.url()
                    + "; " + ramp);
        }
        assertThat(ramp.excess()).as("calls under way beyond %s and one for each answer: %s", RAMP_AFTER_OUTAGE, ramp)
                .isZero();
        assertThat(ramp.peak.get()).as("it reaches full speed").isGreaterThan(10 * RAMP_AFTER_OUTAGE);
        assertThat(ramp.arrived.get()).isGreaterThanOrEqualTo(OWED);
    }

    /** Counts calls under way at a participant that takes its time, and holds them against the ramp. */
    private static final class Ramp implements Behaviour {

        private static final long CALL_MILLIS = 50;
        private static final int SHOWN_SLOTS = 8;

        private final AtomicInteger underWay = new AtomicInteger();
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger arrived = new AtomicInteger();
        private final AtomicInteger peak = new AtomicInteger();
        private final AtomicInteger excess = new AtomicInteger();
        private final List<AtomicInteger> peakBySlot = new ArrayList<>();
        private long firstNanos;

        private Ramp() {
            for (int i = 0; i < SHOWN_SLOTS; i++) {
                peakBySlot.add(new AtomicInteger());
            }
        }

        @Override
        public int answer(Participant.Call call) {
            synchronized (this) {
                if (arrived.getAndIncrement() == 0) {
                    firstNanos = System.nanoTime();
                }
            }
            int allowed = RAMP_AFTER_OUTAGE + answered.get();
            int now = underWay.incrementAndGet();
            peak.accumulateAndGet(now, Math::max);
            excess.accumulateAndGet(now - allowed, Math::max);
            long slot = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - firstNanos) / CALL_MILLIS;
            if (slot < SHOWN_SLOTS) {
                peakBySlot.get((int) slot).accumulateAndGet(now, Math::max);
            }
            Eventually.pass(CALL_MILLIS);
            // Counted first as answered and then as gone, so that a call that follows the answer is never an excess.
            answered.incrementAndGet();
            underWay.decrementAndGet();
            return OK;
        }

        int excess() {
            return excess.get();
        }

        @Override
        public String toString() {
            return "most calls under way in each " + CALL_MILLIS + " ms: " + peakBySlot + ", at all: " + peak
                    + ", arrived: " + arrived;
        }
    }

    private void oweTenThousandCallsTo(String url) throws Exception {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService submitters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < SUBMITTERS; i++) {
                all.add(submitters.submit(() -> {
                    for (int n = next.getAndIncrement(); n < OWED / 2; n = next.getAndIncrement()) {
                        submitTcc("owed-" + n, url, false);
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static Behaviour slow(long millis) {
        return call -> {
            Eventually.pass(millis);
            return OK;
        };
    }

    /** From the submit of a two-branch TCC to its end. */
    private long tccMillis(String gid, String url) throws Exception {
        long start = System.nanoTime();
        submitTcc(gid, url, true);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private void submitTcc(String gid, String url, boolean waitResult) throws Exception {
        success("prepare", DtmWire.transaction(gid, "tcc"));
        success("registerBranch", DtmWire.branch(gid, "01", url));
        success("registerBranch", DtmWire.branch(gid, "02", url));
        success("submit", DtmWire.transaction(gid, "tcc").put("wait_result", waitResult));
    }

    private static ObjectNode saga(String gid, String url, int steps) {
        ObjectNode body = DtmWire.transaction(gid, "saga");
        for (int i = 0; i < steps; i++) {
            body.withArray("steps").addObject().put("action", url + "/action").put("compensate", url + "/compensate");
            body.withArray("payloads").add("{}");
        }
        return body;
    }

    private long millisOf(String what, ObjectNode body) throws Exception {
        long start = System.nanoTime();
        success(what, body);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private void success(String what, ObjectNode body) throws Exception {
        Answer answer = wire.post(what, body);
        assertThat(answer.isSuccess()).as("%s %s was answered %s", what, body.path("gid"), answer).isTrue();
    }
}
