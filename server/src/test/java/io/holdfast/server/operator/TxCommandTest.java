package io.holdfast.server.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Command.Operate;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.server.http.Answers;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.Transactions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders of operators: what reaches the engine, and what does not without a second confirmation. */
class TxCommandTest {

    private final TestServer server = TestServer.ready();
    private final TxRun tx = new TxRun("--server", server.server.url());

    @BeforeEach
    void aTransactionWaits() {
        server.coordinator.knows(confirming("g1"));
        server.coordinator.answers(Transactions.changed(confirming("g1")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Transaction confirming(String gid) {
        return Transactions.in(State.CONFIRMING, Mode.TCC, gid,
                Transactions.branch("money", Progress.OWED, Progress.IDLE));
    }

    @Test
    void aRetryNamesWhoAndWhyAndTellsWhatCameOfIt() {
        assertThat(tx.run("retry", "g1", "--actor", "ann", "--reason", "shop is back", "--wait", "0")).as(tx.err())
                .isZero();
        assertThat(server.coordinator.only(Operate.class))
                .isEqualTo(new Operate("g1", OperatorAction.RETRY, "ann", "shop is back"));
        assertThat(tx.out()).contains("retry of g1: ordered as ann.", "State: decided to confirm");
    }

    @Test
    void withoutANameItIsTheUserOfTheMachine() {
        assertThat(tx.run("pause", "g1")).as(tx.err()).isZero();
        assertThat(server.coordinator.only(Operate.class).actor()).isEqualTo(System.getProperty("user.name"));
        assertThat(tx.run("resume", "g1", "--wait", "0", "--json")).as(tx.err()).isZero();
        assertThat(tx.out()).startsWith("{");
    }

    @Test
    void aDryRunOfOneSaysTheEffectAndDoesNothing() {
        for (String action : List.of("retry", "pause", "resume", "settle")) {
            assertThat(tx.run(action, "g1", "--reason", "why", "--dry-run")).as(tx.err()).isZero();
            assertThat(tx.out()).contains("g1 is decided to confirm", "would", "Nothing was done.");
        }
        assertThat(tx.out()).contains("Its decision, confirm, stays as it is", "Still held", "money");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void aWrongStateIsOneLine() {
        server.coordinator.knows(Transactions.tcc("g2", State.CONFIRMED));
        assertThat(tx.run("retry", "g2")).isEqualTo(1);
        assertThat(tx.err()).isEqualToIgnoringNewLines("g2 is finished: confirmed: everything took effect");
        server.coordinator.answers(Transactions.refused(ErrorCode.WRONG_STATE, confirming("g1")));
        assertThat(tx.run("retry", "g1")).isEqualTo(1);
        assertThat(tx.err()).isEqualToIgnoringNewLines("said no (state CONFIRMING)");
        assertThat(tx.run("retry", "nobody")).isEqualTo(1);
        assertThat(tx.err()).contains("no transaction has the gid");
    }

    @Test
    void settlingOneNeedsAReasonAndTheGidOnceMore() {
        assertThat(tx.run("settle", "g1", "--confirm", "g1")).isEqualTo(2);
        assertThat(tx.err()).contains("settle needs --reason");
        assertThat(tx.run("settle", "g1", "--reason", "given up")).isEqualTo(2);
        assertThat(tx.err()).contains("Still held", "nothing was done", "--confirm g1");
        assertThat(tx.run("settle", "g1", "--reason", "given up", "--confirm", "g2")).isEqualTo(2);
        assertThat(server.coordinator.commands()).isEmpty();

        assertThat(tx.run("settle", "g1", "--reason", "given up", "--confirm", "g1", "--actor", "ann")).as(tx.err())
                .isZero();
        assertThat(server.coordinator.only(Operate.class))
                .isEqualTo(new Operate("g1", OperatorAction.SETTLE, "ann", "given up"));
    }

    @Test
    void atATerminalTheGidIsAskedFor() {
        assertThat(tx.types("no").run("settle", "g1", "--reason", "given up")).isEqualTo(2);
        assertThat(server.coordinator.commands()).isEmpty();
        assertThat(tx.types("g1").run("settle", "g1", "--reason", "given up")).as(tx.err()).isZero();
        assertThat(tx.asked).containsExactly("Type the gid to settle it: ", "Type the gid to settle it: ");
        assertThat(server.coordinator.commands()).hasSize(1);
    }

    @Test
    void manyAreOrderedOnlyAfterAYes() throws Exception {
        server.coordinator.lists(new Page(List.of(confirming("g1"), confirming("g2")), ""));
        String[] order = {"retry", "--needs-attention", "--target", "127.0.0.1"};
        assertThat(tx.run("retry", "--needs-attention", "--target", "127.0.0.1", "--dry-run")).as(tx.err()).isZero();
        assertThat(tx.out()).contains("2 unfinished transactions match:", "  g1", "  g2", "Nothing was done.");
        assertThat(tx.run(order)).isEqualTo(2);
        assertThat(tx.out()).contains("2 unfinished transactions match:");
        assertThat(tx.err()).contains("--yes");
        assertThat(server.coordinator.commands()).isEmpty();

        assertThat(tx.run("retry", "--needs-attention", "--target", "127.0.0.1", "--yes", "--json")).as(tx.err())
                .isZero();
        JsonNode json = Answers.JSON.readTree(tx.out());
        assertThat(json.path("applied").asInt()).isEqualTo(2);
        assertThat(server.coordinator.commands()).hasSize(2);
        assertThat(tx.types("yes").run(order)).as(tx.err()).isZero();
        assertThat(tx.asked).containsExactly("retry 2 transactions? Type yes: ");
        assertThat(tx.types("y").run(order)).isEqualTo(2);
        assertThat(server.coordinator.commands()).hasSize(4);
    }

    @Test
    void settlingManyNeedsTheirNumber() {
        server.coordinator.lists(new Page(List.of(confirming("g1"), confirming("g2")), ""));
        String[] order = {"settle", "--error-contains", "", "--state", "confirming", "--reason", "given up"};
        assertThat(tx.run(order)).isEqualTo(2);
        assertThat(tx.err()).contains("--confirm-count 2");
        assertThat(tx.run("settle", "--state", "confirming", "--reason", "r", "--confirm-count", "3")).isEqualTo(2);
        assertThat(server.coordinator.commands()).isEmpty();
        assertThat(tx.run("settle", "--state", "confirming", "--reason", "r", "--confirm-count", "2")).as(tx.err())
                .isZero();
        assertThat(server.coordinator.commands()).hasSize(2);
    }

    @Test
    void whatWasRefusedIsNamed() {
        server.coordinator.lists(new Page(List.of(confirming("g1")), ""));
        server.coordinator.answers(Transactions.refused(ErrorCode.TOO_LARGE, confirming("g1")));
        assertThat(tx.run("pause", "--state", "confirming", "--yes")).isEqualTo(1);
        assertThat(tx.err()).contains("g1: said no");
        server.coordinator.answers(Transactions.refused(ErrorCode.WRONG_STATE, confirming("g1")));
        assertThat(tx.run("pause", "--state", "confirming", "--yes")).as("it finished meanwhile").isZero();
        assertThat(tx.out()).contains("for 0 of them");
    }

    @Test
    void anOrderSaysWhichItIsAbout() {
        assertThat(tx.run("retry")).isEqualTo(2);
        assertThat(tx.err()).contains("Give a GID, or a filter");
        assertThat(tx.run("retry", "g1", "--paused")).isEqualTo(2);
        assertThat(tx.err()).contains("not both");
        assertThat(tx.run("retry", "g1", "--wait", "41")).isEqualTo(2);
        server.coordinator.lists(new Page(List.of(), ""));
        assertThat(tx.run("retry", "--paused")).isZero();
        assertThat(tx.out()).contains("0 unfinished transactions match.");
    }
}
