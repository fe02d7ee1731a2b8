package io.holdfast.tests.process;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.tests.process.DtmWire.Answer;
import io.holdfast.tests.process.Promise.Kind;
import io.holdfast.tests.process.Promise.Told;
import java.io.IOException;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One client: a transaction after the other, each question repeated with the same ids until it is answered. Writes down what it
 * was told. Runs on a thread of its own.
 */
final class CrashClient implements Runnable {

    private static final int SAGA_STEPS = 3;
    /** In seconds of server time, which stands still while there is no server. */
    private static final int DEADLINE_SECONDS = 4;
    private static final int SHORT_DEADLINE_SECONDS = 1;

    /** Overloaded, starting or stopping, unknown. */
    private static final Set<Integer> ASK_AGAIN = Set.of(429, 503, 504);

    private final String name;
    private final SplittableRandom random;
    private final Load load;
    private int count;

    /** What all clients share. {@code mayBegin} turns false when the run ends, {@code mayAsk} when patience does. */
    record Load(DtmWire wire, FencedBranches participant, String participantUrl, Queue<Promise> promises,
            Queue<String> violations, BooleanSupplier mayBegin, BooleanSupplier mayAsk) {}

    CrashClient(String name, SplittableRandom random, Load load) {
        this.name = name;
        this.random = random;
        this.load = load;
    }

    @Override
    public void run() {
        try {
            while (load.mayBegin.getAsBoolean()) {
                String gid = name + "-" + count++;
                if (random.nextInt(100) < 70) {
                    tcc(promise(gid, Kind.TCC));
                } else {
                    saga(promise(gid, random.nextInt(4) == 0 ? Kind.DOOMED_SAGA : Kind.SAGA));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Promise promise(String gid, Kind kind) {
        Promise promise = new Promise(gid, kind);
        load.promises.add(promise);
        return promise;
    }

    private void tcc(Promise promise) throws InterruptedException {
        int plan = random.nextInt(100);
        boolean vanishes = plan < 8;
        ObjectNode prepare = DtmWire.transaction(promise.gid, "tcc").put("timeout_to_fail",
                vanishes ? SHORT_DEADLINE_SECONDS : DEADLINE_SECONDS);
        Answer prepared = ask("prepare", prepare);
        if (prepared == null || !prepared.isSuccess()) {
            learn(promise, prepared);
            return;
        }
        promise.toldBegun();
        boolean holds = branch(promise, "01") && (plan >= 15 || plan < 8) && branch(promise, "02");
        if (vanishes) {
            return;
        }
        if (!holds || plan < 30) {
            learn(promise, ask("abort", transaction(promise).put("rollback_reason", "the client says so")), Told.CANCEL);
        } else if (plan < 40) {
            decideBothWays(promise);
        } else {
            learn(promise, ask("submit", transaction(promise)), Told.CONFIRM);
        }
    }

    /** Registers and tries a branch; returns whether the Try holds. */
    private boolean branch(Promise promise, String branchId) throws InterruptedException {
        Answer registered = ask("registerBranch", DtmWire.branch(promise.gid, branchId, load.participantUrl));
        if (registered == null || !registered.isSuccess()) {
            return false;
        }
        promise.toldBranch(branchId);
        return load.participant.attempt(promise.gid, branchId);
    }

    private void decideBothWays(Promise promise) throws InterruptedException {
        SplittableRandom others = random.split();
        Thread other = Thread.ofVirtual().start(() -> {
            try {
                learn(promise, new CrashClient(name, others, load).ask("abort", transaction(promise)), Told.CANCEL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        learn(promise, ask("submit", transaction(promise)), Told.CONFIRM);
        other.join();
    }

    private void saga(Promise promise) throws InterruptedException {
        ObjectNode body = DtmWire.transaction(promise.gid, "saga");
        for (int i = 1; i <= SAGA_STEPS; i++) {
            boolean refuses = promise.kind == Kind.DOOMED_SAGA && i == SAGA_STEPS;
            String url = load.participantUrl + (refuses ? "/refusing" : "");
            body.withArray("steps").addObject().put("action", url + "/action").put("compensate", url + "/compensate");
            body.withArray("payloads").add("{\"step\":" + i + "}");
        }
        learn(promise, ask("submit", body), Told.STORED);
    }

    private static ObjectNode transaction(Promise promise) {
        return DtmWire.transaction(promise.gid, "tcc");
    }

    private void learn(Promise promise, @Nullable Answer answer, Told onSuccess) {
        if (answer != null && answer.isSuccess()) {
            promise.tell(onSuccess);
        } else {
            learn(promise, answer);
        }
    }

    /** A refusal names the state, and so tells the outcome too. */
    private void learn(Promise promise, @Nullable Answer answer) {
        if (answer == null) {
            return;
        }
        if (answer.body().contains("'succeed'") || answer.body().contains("'submitted'")) {
            promise.tell(Told.CONFIRM);
        } else if (answer.body().contains("'aborting'") || answer.body().contains("'failed'")) {
            promise.tell(Told.CANCEL);
        } else {
            load.violations.add("an answer that explains nothing, for " + promise.gid + ": " + answer);
        }
    }

    /** Asks until there is a definite answer; null if patience ended first. */
    private @Nullable Answer ask(String what, ObjectNode body) throws InterruptedException {
        while (load.mayAsk.getAsBoolean()) {
            try {
                Answer answer = load.wire.post(what, body);
                if (!ASK_AGAIN.contains(answer.status())) {
                    return answer;
                }
            } catch (IOException e) {
                // No answer: the server is gone, or was just now.
            }
            Eventually.pass(random.nextInt(20, 80));
        }
        return null;
    }
}
