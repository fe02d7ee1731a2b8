package io.holdfast.examples.gateway;

import io.holdfast.examples.dtm.CoordinatorAnswer;
import io.holdfast.examples.dtm.DtmClient;
import io.holdfast.examples.dtm.SagaStep;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultKind;
import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.rest.Branch;
import io.holdfast.examples.rest.Reply;
import io.holdfast.examples.rest.RestClient;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator as a caller should use it: no answer means to ask again with the same ids, for a bounded time. TCC goes over
 * the native interface, Sagas over dtm's. It also loses some of the answers on purpose. Thread-safe.
 */
final class PatientCoordinator {
    /** TCC deadline; leaves time for retried Trys and one restart of the coordinator. */
    private static final long DEADLINE_MILLIS = 30_000;
    private static final int PATIENCE_SECONDS = 25;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 800;

    private interface Request {
        Reply send() throws InterruptedException;
    }

    private final RestClient rest;
    private final DtmClient dtm;
    private final @Nullable FaultPlan faults;
    private final FaultCounts counts;

    /**
     * @param faults which answers to lose, null for none
     * @param counts where they are counted
     */
    PatientCoordinator(RestClient rest, DtmClient dtm, @Nullable FaultPlan faults, FaultCounts counts) {
        this.rest = rest;
        this.dtm = dtm;
        this.faults = faults;
        this.counts = counts;
    }

    Reply begin(String gid, List<Branch> branches) throws InterruptedException {
        return ask(gid, "begin", () -> rest.begin(gid, DEADLINE_MILLIS, branches));
    }

    Reply confirm(String gid) throws InterruptedException {
        return ask(gid, "confirm", () -> rest.confirm(gid));
    }

    Reply cancel(String gid, String reason) throws InterruptedException {
        return ask(gid, "cancel", () -> rest.cancel(gid, reason));
    }

    /** Hands over a Saga. One that was handed over before, and has gone on since, is as good. */
    Reply submitSaga(String gid, List<SagaStep> steps) throws InterruptedException {
        return ask(gid, "submit", () -> switch (dtm.submitSaga(gid, steps)) {
            case CoordinatorAnswer.Done _ -> new Reply.State("RUNNING", "", false);
            case CoordinatorAnswer.Refused _ -> new Reply.State("RUNNING", "", false);
            case CoordinatorAnswer.Unknown(String cause) -> new Reply.Unknown(cause);
        });
    }

    /** Waits for the end of a transaction, for a bounded time. */
    Reply await(String gid, Duration atMost) throws InterruptedException {
        return rest.await(gid, atMost);
    }

    /** Asks once. */
    Reply get(String gid) throws InterruptedException {
        return rest.get(gid);
    }

    private Reply ask(String gid, String what, Request request) throws InterruptedException {
        Pause pause = new Pause(FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS, PATIENCE_SECONDS);
        int attempt = 1;
        Reply answer = sendOnce(gid, what, attempt, request);
        while (answer instanceof Reply.Unknown && pause.goOn()) {
            attempt++;
            answer = sendOnce(gid, what, attempt, request);
        }
        return answer;
    }

    private Reply sendOnce(String gid, String what, int attempt, Request request) throws InterruptedException {
        Reply answer = request.send();
        if (faults == null || !faults.losesCoordinatorReply(gid, what, attempt)) {
            return answer;
        }
        counts.injected(FaultKind.LOST_COORDINATOR_REPLY);
        if (answer instanceof Reply.State) {
            counts.hit(FaultKind.LOST_COORDINATOR_REPLY);
        }
        return new Reply.Unknown("answer lost on purpose");
    }
}
