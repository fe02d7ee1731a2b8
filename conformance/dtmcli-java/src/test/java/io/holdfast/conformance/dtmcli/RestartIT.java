package io.holdfast.conformance.dtmcli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Operation;
import io.holdfast.conformance.dtmcli.Participants.Gate;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server dies between the submit and the end; the client has its answer and asks for nothing more. */
class RestartIT {

    private static Scene scene;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        scene = Scene.start(directory, "restart");
    }

    @AfterAll
    static void stop() throws InterruptedException {
        scene.close();
    }

    @Test
    void aSubmittedTccIsConfirmedByTheNextProcess() throws Exception {
        String from = scene.accounts().open("tcc-from", 100);
        String to = scene.accounts().open("tcc-to", 0);
        AtomicReference<Gate> gate = new AtomicReference<>();

        String gid = scene.client().tccGlobalTransaction(tcc -> {
            gate.set(scene.participants().hold(tcc.getGid(), "02", Operation.CONFIRM));
            TccFlow.of(scene.participants(), new Transfer(from, -30), new Transfer(to, 30)).accept(tcc);
        });
        gate.get().awaitArrival();
        scene.server().killAndRestart();
        assertThat(scene.queries().status(gid)).isEqualTo("submitted");
        gate.get().open();

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("succeed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(70, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(30, 0));
    }

    @Test
    void aSubmittedSagaIsContinuedByTheNextProcess() throws Exception {
        String from = scene.accounts().open("saga-from", 100);
        String to = scene.accounts().open("saga-to", 0);
        String gid = Scene.newGid();
        Gate gate = scene.participants().hold(gid, "02", Operation.ACTION);

        submitSaga(gid, new Transfer(from, -30), new Transfer(to, 30));
        gate.awaitArrival();
        scene.server().killAndRestart();
        assertThat(scene.queries().status(gid)).isEqualTo("submitted");
        gate.open();

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("succeed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(70, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(30, 0));
    }

    @Test
    void aSagaThatWasBeingTakenBackIsTakenBackByTheNextProcess() throws Exception {
        String from = scene.accounts().open("undo-from", 100);
        String frozen = scene.accounts().openFrozen("undo-to", 0);
        String gid = Scene.newGid();
        Gate gate = scene.participants().hold(gid, "01", Operation.COMPENSATE);

        submitSaga(gid, new Transfer(from, -30), new Transfer(frozen, 30));
        gate.awaitArrival();
        scene.server().killAndRestart();
        assertThat(scene.queries().status(gid)).isEqualTo("aborting");
        gate.open();

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("failed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(100, 0));
        assertThat(scene.accounts().of(frozen)).isEqualTo(new Accounts.Balance(0, 0));
        assertThat(scene.participants().calledBranches(gid, Operation.ACTION)).containsExactly("01", "02");
    }

    private static void submitSaga(String gid, Transfer first, Transfer second) throws Exception {
        String action = scene.participants().url(Operation.ACTION);
        String compensate = scene.participants().url(Operation.COMPENSATE);
        scene.client().newSaga(gid).add(action, compensate, first).add(action, compensate, second).submit();
    }
}
