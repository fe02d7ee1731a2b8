package io.holdfast.conformance.dtmcli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Operation;
import io.holdfast.conformance.dtmcli.Participants.Gate;
import io.holdfast.testkit.component.MariaDbServer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mariadb.jdbc.MariaDbDataSource;
import pub.dtm.client.exception.FailureException;

/** Services that keep the client's own barrier work as they are. */
class BarrierIT {

    private static @Nullable MariaDbServer mariaDb;
    private static @Nullable Scene scene;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        MariaDbServer.require();
        MariaDbServer server = MariaDbServer.start();
        mariaDb = server;
        DataSource database = new MariaDbDataSource(server.url("bank"));
        scene = Scene.start(directory, Accounts.createIn(database), new BarrierBranches(database));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (scene != null) {
            scene.close();
        }
        if (mariaDb != null) {
            mariaDb.close();
        }
    }

    @Test
    void aTccIsConfirmedOnceThoughTheServerDiedAndCalledAgain() throws Exception {
        Scene here = here();
        String from = here.accounts().open("commit-from", 100);
        String to = here.accounts().open("commit-to", 5);
        AtomicReference<Gate> gate = new AtomicReference<>();

        String gid = here.client().tccGlobalTransaction(tcc -> {
            gate.set(here.participants().hold(tcc.getGid(), "02", Operation.CONFIRM));
            TccFlow.of(here.participants(), new Transfer(from, -30), new Transfer(to, 30)).accept(tcc);
        });
        gate.get().awaitArrival();
        here.server().killAndRestart();
        gate.get().open();

        assertThat(here.queries().finalStatus(gid)).isEqualTo("succeed");
        assertThat(here.accounts().of(from)).isEqualTo(new Accounts.Balance(70, 0));
        assertThat(here.accounts().of(to)).isEqualTo(new Accounts.Balance(35, 0));
    }

    @Test
    void aTccIsCancelledAndTheRefusedTryHasNothingToRelease() throws Exception {
        Scene here = here();
        String from = here.accounts().open("rollback-from", 100);
        String poor = here.accounts().open("rollback-poor", 5);
        AtomicReference<String> gid = new AtomicReference<>("");

        assertThatThrownBy(() -> here.client().tccGlobalTransaction(tcc -> {
            gid.set(tcc.getGid());
            TccFlow.of(here.participants(), new Transfer(from, -30), new Transfer(poor, -30)).accept(tcc);
        })).isInstanceOf(FailureException.class);

        assertThat(here.queries().finalStatus(gid.get())).isEqualTo("failed");
        assertThat(here.accounts().of(from)).isEqualTo(new Accounts.Balance(100, 0));
        assertThat(here.accounts().of(poor)).isEqualTo(new Accounts.Balance(5, 0));
    }

    @Test
    void aSagaOfWhichEveryActionSucceedsIsDone() throws Exception {
        Scene here = here();
        String from = here.accounts().open("saga-from", 100);
        String to = here.accounts().open("saga-to", 5);
        String action = here.participants().url(Operation.ACTION);
        String compensate = here.participants().url(Operation.COMPENSATE);

        String gid = here.client().newSaga().add(action, compensate, new Transfer(from, -30))
                .add(action, compensate, new Transfer(to, 30)).submit();

        assertThat(here.queries().finalStatus(gid)).isEqualTo("succeed");
        assertThat(here.accounts().of(from)).isEqualTo(new Accounts.Balance(70, 0));
        assertThat(here.accounts().of(to)).isEqualTo(new Accounts.Balance(35, 0));
    }

    private static Scene here() {
        if (scene == null) {
            throw new IllegalStateException("not started");
        }
        return scene;
    }
}
