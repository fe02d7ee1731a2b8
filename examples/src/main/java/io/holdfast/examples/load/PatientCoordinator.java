package io.holdfast.examples.load;

import io.holdfast.examples.dtm.CoordinatorAnswer;
import io.holdfast.examples.dtm.DtmClient;
import io.holdfast.examples.dtm.Found;
import io.holdfast.examples.dtm.SagaStep;
import io.holdfast.examples.dtm.TccBranch;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultKind;
import io.holdfast.examples.fault.FaultPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator as a client should use it: no answer means to ask again with the same ids, for a bounded time. It also
 * loses some of the answers on purpose. Thread-safe.
 */
public final class PatientCoordinator {
    /** TCC deadline; leaves time for retried Trys and one restart of the coordinator. */
    private static final int DEADLINE_SECONDS = 30;
    private static final int PATIENCE_SECONDS = 25;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 1600;

    private interface Request {
        CoordinatorAnswer send() throws InterruptedException;
    }

    private final DtmClient client;
    private final @Nullable FaultPlan faults;
    private final FaultCounts counts;
    private final DecisionWatch watch;

    /**
     * @param faults which answers to lose, null for none
     * @param counts where they are counted
     * @param watch  is told of every decision
     */
    public PatientCoordinator(DtmClient client, @Nullable FaultPlan faults, FaultCounts counts, DecisionWatch watch) {
        this.client = client;
        this.faults = faults;
        this.counts = counts;
        this.watch = watch;
    }

    CoordinatorAnswer prepareTcc(String gid) throws InterruptedException {
        return ask(gid, "prepare", () -> client.prepareTcc(gid, DEADLINE_SECONDS));
    }

    CoordinatorAnswer registerBranch(String gid, TccBranch branch) throws InterruptedException {
        return ask(gid, "register " + branch.branchId(), () -> client.registerBranch(gid, branch));
    }

    CoordinatorAnswer submitTcc(String gid) throws InterruptedException {
        return ask(gid, "submit", () -> {
            long sentAtNanos = System.nanoTime();
            CoordinatorAnswer answer = client.submitTcc(gid);
            if (answer instanceof CoordinatorAnswer.Done) {
                watch.decided(sentAtNanos);
            }
            return answer;
        });
    }

    CoordinatorAnswer abortTcc(String gid, String reason) throws InterruptedException {
        return ask(gid, "abort", () -> client.abortTcc(gid, reason));
    }

    CoordinatorAnswer submitSaga(String gid, List<SagaStep> steps) throws InterruptedException {
        return ask(gid, "submit", () -> client.submitSaga(gid, steps));
    }

    /** Asks once. */
    Found query(String gid) throws InterruptedException {
        return client.query(gid);
    }

    /** Asks until there is an answer. */
    Found queryPatiently(String gid) throws InterruptedException {
        Pause pause = new Pause(FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS, PATIENCE_SECONDS);
        Found found = client.query(gid);
        while (found instanceof Found.Unknown && pause.goOn()) {
            found = client.query(gid);
        }
        return found;
    }

    private CoordinatorAnswer ask(String gid, String what, Request request) throws InterruptedException {
        Pause pause = new Pause(FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS, PATIENCE_SECONDS);
        int attempt = 1;
        CoordinatorAnswer answer = sendOnce(gid, what, attempt, request);
        while (answer instanceof CoordinatorAnswer.Unknown && pause.goOn()) {
            attempt++;
            answer = sendOnce(gid, what, attempt, request);
        }
        return answer;
    }

    private CoordinatorAnswer sendOnce(String gid, String what, int attempt, Request request)
            throws InterruptedException {
        CoordinatorAnswer answer = request.send();
        if (faults == null || !faults.losesCoordinatorReply(gid, what, attempt)) {
            return answer;
        }
        counts.injected(FaultKind.LOST_COORDINATOR_REPLY);
        if (answer instanceof CoordinatorAnswer.Done) {
            counts.hit(FaultKind.LOST_COORDINATOR_REPLY);
        }
        return new CoordinatorAnswer.Unknown("answer lost on purpose");
    }
}
