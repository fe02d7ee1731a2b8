package io.holdfast.conformance.dtmcli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Operation;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pub.dtm.client.exception.FailureException;

class TccIT {

    private static Scene scene;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        scene = Scene.start(directory, "tcc");
    }

    @AfterAll
    static void stop() throws InterruptedException {
        scene.close();
    }

    @Test
    void everyBranchIsConfirmedAfterTheSubmit() throws Exception {
        String from = scene.accounts().open("commit-from", 100);
        String to = scene.accounts().open("commit-to", 5);

        String gid = scene.client()
                .tccGlobalTransaction(TccFlow.of(scene.participants(), new Transfer(from, -30), new Transfer(to, 30)));

        assertThat(scene.queries().finalStatus(gid)).isEqualTo("succeed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(70, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(35, 0));
        assertThat(scene.queries().branches(gid)).containsExactly("01 cancel prepared", "01 confirm succeed",
                "02 cancel prepared", "02 confirm succeed");
        assertThat(scene.participants().calledBranches(gid, Operation.CANCEL)).isEmpty();
    }

    @Test
    void everyBranchIsCancelledWhenOneRefusesItsTry() throws Exception {
        String from = scene.accounts().open("rollback-from", 100);
        String frozen = scene.accounts().openFrozen("rollback-to", 5);
        AtomicReference<String> gid = new AtomicReference<>("");

        assertThatThrownBy(() -> scene.client().tccGlobalTransaction(tcc -> {
            gid.set(tcc.getGid());
            TccFlow.of(scene.participants(), new Transfer(from, -30), new Transfer(frozen, 30)).accept(tcc);
        })).isInstanceOf(FailureException.class);

        assertThat(scene.queries().finalStatus(gid.get())).isEqualTo("failed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(100, 0));
        assertThat(scene.accounts().of(frozen)).isEqualTo(new Accounts.Balance(5, 0));
        assertThat(scene.queries().branches(gid.get())).containsExactly("01 cancel succeed", "01 confirm prepared",
                "02 cancel succeed", "02 confirm prepared");
        assertThat(scene.participants().calledBranches(gid.get(), Operation.CONFIRM)).isEmpty();
    }

    @Test
    void branchesThatWereNeverTriedAreNotInTheWayOfTheRollback() throws Exception {
        String poor = scene.accounts().open("poor", 10);
        String to = scene.accounts().open("never-tried", 5);
        AtomicReference<String> gid = new AtomicReference<>("");

        assertThatThrownBy(() -> scene.client().tccGlobalTransaction(tcc -> {
            gid.set(tcc.getGid());
            TccFlow.of(scene.participants(), new Transfer(poor, -30), new Transfer(to, 30)).accept(tcc);
        })).isInstanceOf(FailureException.class);

        assertThat(scene.queries().finalStatus(gid.get())).isEqualTo("failed");
        assertThat(scene.queries().branches(gid.get())).containsExactly("01 cancel succeed", "01 confirm prepared");
        assertThat(scene.accounts().of(poor)).isEqualTo(new Accounts.Balance(10, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(5, 0));
    }

    @Test
    void aGidOfTheCallersOwnIsUsedOnceOnly() throws Exception {
        String from = scene.accounts().open("own-from", 100);
        String to = scene.accounts().open("own-to", 0);
        String gid = Scene.newGid();
        Transfer[] transfers = {new Transfer(from, -10), new Transfer(to, 10)};

        assertThat(scene.client().tccGlobalTransaction(gid, TccFlow.of(scene.participants(), transfers)))
                .isEqualTo(gid);
        assertThat(scene.queries().finalStatus(gid)).isEqualTo("succeed");
        assertThatThrownBy(
                () -> scene.client().tccGlobalTransaction(gid, TccFlow.of(scene.participants(), transfers)))
                .hasMessageContaining("current status 'succeed', cannot prepare. FAILURE");

        assertThat(scene.queries().status(gid)).isEqualTo("succeed");
        assertThat(scene.accounts().of(from)).isEqualTo(new Accounts.Balance(90, 0));
        assertThat(scene.accounts().of(to)).isEqualTo(new Accounts.Balance(10, 0));
    }
}
