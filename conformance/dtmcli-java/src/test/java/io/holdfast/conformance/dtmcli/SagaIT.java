package io.holdfast.conformance.dtmcli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Operation;
import io.holdfast.conformance.dtmcli.Participants.Event;
import io.holdfast.conformance.dtmcli.Participants.Gate;
import io.holdfast.conformance.dtmcli.Participants.Stage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pub.dtm.client.enums.TransTypeEnum;
import pub.dtm.client.exception.FailureException;
import pub.dtm.client.model.param.SagaOperatorParam;
import pub.dtm.client.saga.Saga;

class SagaIT {

    private static Scene scene;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        scene = Scene.start(directory, "saga");
    }

    @AfterAll
    static void stop() throws InterruptedException {
        scene.close();
    }

    @Test
    void actionsRunOneAfterTheOther() throws Exception {
        String from = scene.accounts().open("commit-from", 100);
        String to = scene.accounts().open("commit-to", 5);
        String fee = scene.accounts().open("commit-fee", 0);

        String gid = add(scene.client().newSaga(), new Transfer(from, -30), new Transfer(to, 29), new Transfer(fee, 1))
                .submit();

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("succeed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(70, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(34, 0));
        assertThat(scene.accounts().of(fee)).isEqualTo(new Accounts.Balance(1, 0));
        assertThat(scene.queries().branches(gid)).containsExactly("01 compensate prepared", "01 action succeed",
                "02 compensate prepared", "02 action succeed", "03 compensate prepared", "03 action succeed");
        // A slow machine may see a call twice.
        assertThat(scene.participants().events(gid).stream()
                .map(event -> event.stage() + " " + event.call().branchId()).distinct()).containsExactly("ARRIVED 01",
                        "ANSWERED 01", "ARRIVED 02", "ANSWERED 02", "ARRIVED 03", "ANSWERED 03");
    }

    @Test
    void aRefusedActionIsCompensatedWithAllBeforeItInReverse() throws Exception {
        String from = scene.accounts().open("rollback-from", 100);
        String to = scene.accounts().open("rollback-to", 5);
        String frozen = scene.accounts().openFrozen("rollback-frozen", 7);
        String last = scene.accounts().open("rollback-last", 0);

        String gid = add(scene.client().newSaga(), new Transfer(from, -30), new Transfer(to, 29),
                new Transfer(frozen, 1), new Transfer(last, 0)).submit();

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("failed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(100, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(5, 0));
        assertThat(scene.accounts().of(frozen)).isEqualTo(new Accounts.Balance(7, 0));
        assertThat(scene.participants().calledBranches(gid, Operation.ACTION)).containsExactly("01", "02", "03");
        assertThat(scene.participants().calledBranches(gid, Operation.COMPENSATE)).containsExactly("03", "02", "01");
        assertThat(scene.queries().branches(gid)).containsExactly("01 compensate succeed", "01 action succeed",
                "02 compensate succeed", "02 action succeed", "03 compensate succeed", "03 action failed",
                "04 compensate prepared", "04 action prepared");
    }

    @Test
    void concurrentActionsOverlapAndWaitForThoseTheyWereOrderedAfter() throws Exception {
        String from = scene.accounts().open("concurrent-from", 100);
        String to = scene.accounts().open("concurrent-to", 0);
        String fee = scene.accounts().open("concurrent-fee", 0);
        String gid = Scene.newGid();
        Gate first = scene.participants().hold(gid, "01", Operation.ACTION);
        Gate second = scene.participants().hold(gid, "02", Operation.ACTION);

        add(scene.client().newSaga(gid), new Transfer(from, -30), new Transfer(to, 29), new Transfer(fee, 1))
                .enableConcurrent().addBranchOrder(2, List.of(0, 1)).submit();
        first.awaitArrival();
        second.awaitArrival();
        first.open();
        second.open();

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("succeed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(70, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(29, 0));
        assertThat(scene.accounts().of(fee)).isEqualTo(new Accounts.Balance(1, 0));
        List<Event> events = scene.participants().events(gid);
        assertThat(events.stream().map(event -> event.stage() + " " + event.call().branchId()))
                .containsSubsequence("ANSWERED 01", "ARRIVED 03").containsSubsequence("ANSWERED 02", "ARRIVED 03");
    }

    @Test
    void aConcurrentSagaTakesBackWhatRanBeforeTheRefusal() throws Exception {
        String from = scene.accounts().open("undo-from", 100);
        String to = scene.accounts().open("undo-to", 0);
        String frozen = scene.accounts().openFrozen("undo-frozen", 0);

        String gid = add(scene.client().newSaga(), new Transfer(from, -30), new Transfer(to, 29),
                new Transfer(frozen, 1)).enableConcurrent().addBranchOrder(2, List.of(0, 1)).submit();

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("failed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(100, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(0, 0));
        assertThat(scene.participants().calledBranches(gid, Operation.COMPENSATE)).startsWith("03")
                .containsExactlyInAnyOrder("01", "02", "03");
    }

    @Test
    void aSubmitThatWaitsReturnsAfterTheEnd() throws Exception {
        String from = scene.accounts().open("wait-from", 100);
        String to = scene.accounts().open("wait-to", 0);

        String gid = add(scene.client().newSaga(), new Transfer(from, -30), new Transfer(to, 30)).enableWaitResult()
                .submit();

        assertThat(scene.queries().status(gid)).isEqualTo("succeed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(70, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(30, 0));
    }

    @Test
    void aSubmitThatWaitsFailsAfterTheRollback() throws Exception {
        String from = scene.accounts().open("wait-undo-from", 100);
        String frozen = scene.accounts().openFrozen("wait-undo-to", 0);
        String gid = Scene.newGid();

        assertThatThrownBy(() -> add(scene.client().newSaga(gid), new Transfer(from, -30), new Transfer(frozen, 30))
                .enableWaitResult().submit()).isInstanceOf(FailureException.class).hasMessageContaining("409");

        assertThat(scene.queries().status(gid)).isEqualTo("failed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(100, 0));
    }

    @Test
    void theSameSagaSubmittedAgainRunsOnce() throws Exception {
        String from = scene.accounts().open("again-from", 100);
        String to = scene.accounts().open("again-to", 0);
        String gid = Scene.newGid();
        Transfer[] transfers = {new Transfer(from, -30), new Transfer(to, 30)};
        Gate gate = scene.participants().hold(gid, "02", Operation.ACTION);

        add(scene.client().newSaga(gid), transfers).submit();
        gate.awaitArrival();
        add(scene.client().newSaga(gid), transfers).submit();
        gate.open();

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("succeed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(70, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(30, 0));
    }

    @Test
    void branchHeadersReachEveryBranch() throws Exception {
        String to = scene.accounts().open("tagged", 0);
        String frozen = scene.accounts().openFrozen("tagged-frozen", 0);

        String gid = Scene.newGid();

        submit(add(scene.client().newSaga(gid), new Transfer(to, 1), new Transfer(frozen, 1)), 0,
                Map.of(Participants.TAG_HEADER, "blue"));

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("failed");
        assertThat(scene.participants().events(gid)).hasSizeGreaterThanOrEqualTo(8)
                .allSatisfy(event -> assertThat(event.tag()).isEqualTo("blue"));
    }

    @Test
    void aSagaPastItsTimeoutIsTakenBack() throws Exception {
        String from = scene.accounts().open("late-from", 100);
        String to = scene.accounts().open("late-to", 0);
        String gid = Scene.newGid();
        Gate gate = scene.participants().hold(gid, "02", Operation.ACTION);

        submit(add(scene.client().newSaga(gid), new Transfer(from, -30), new Transfer(to, 30)), 1, Map.of());
        gate.awaitArrival();

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("failed");
        gate.open();
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(100, 0));
        awaitAnswered(gid, "02");
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(0, 0));
    }

    /** The setters of these options call themselves without end in this version of the client; its wire has them all the same. */
    private static void submit(Saga saga, long timeoutToFailSeconds, Map<String, String> headers) {
        saga.getDtmServerStub().submit(new SagaOperatorParam(saga.getGid(), TransTypeEnum.SAGA, saga.getSteps(),
                saga.getPayloads(), saga.getCustomData(), false, timeoutToFailSeconds, 0, List.of(), headers));
    }

    private static Saga add(Saga saga, Transfer... transfers) {
        for (Transfer transfer : transfers) {
            saga.add(scene.participants().url(Operation.ACTION), scene.participants().url(Operation.COMPENSATE),
                    transfer);
        }
        return saga;
    }

    private static void awaitAnswered(String gid, String branchId) {
        scene.participants().awaitEvent(gid, event -> event.stage() == Stage.ANSWERED
                && event.call().operation() == Operation.ACTION && event.call().branchId().equals(branchId));
    }
}
