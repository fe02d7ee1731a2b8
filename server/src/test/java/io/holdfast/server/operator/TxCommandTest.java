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
import java.util.stream.IntStream;
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
    void whatIsSettledIsExactlyWhatWasListed() {
        server.coordinator.knows(confirming("g2"));
        server.coordinator.lists(new Page(List.of(confirming("g1"), confirming("g2")), ""));
        tx.types("2").meanwhile(
                () -> server.coordinator.lists(new Page(List.of(confirming("g3"), confirming("g4")), "")));
        assertThat(tx.run("settle", "--state", "confirming", "--reason", "r", "--actor", "ann")).as(tx.err()).isZero();
        assertThat(server.coordinator.commands()).containsExactly(
                new Operate("g1", OperatorAction.SETTLE, "ann", "r"),
                new Operate("g2", OperatorAction.SETTLE, "ann", "r"));
        assertThat(tx.seenWhenAsked()).contains("2 unfinished transactions match:", "g2").containsPattern(
                "g1 +decided to confirm; 0 of 1 branch is confirmed +confirm +money");
        assertThat(tx.out()).contains("g1: settled",
                "settle ordered as ann: 2 settled, 0 finished meanwhile, 0 refused.");
    }

    @Test
    void whatBecameOfEachIsSaidWhenManyAreSettled() throws Exception {
        server.coordinator.lists(new Page(List.of(confirming("g1"), confirming("g2"), confirming("g3")), ""));
        server.coordinator.answersEach(command -> switch (((Operate) command).gid()) {
            case "g1" -> Transactions.changed(confirming("g1"));
            case "g2" -> Transactions.refused(ErrorCode.WRONG_STATE, Transactions.tcc("g2", State.CONFIRMED));
            default -> Transactions.refused(ErrorCode.TOO_LARGE, null);
        });
        String[] order = {"settle", "--state", "confirming", "--reason", "r", "--confirm-count", "3"};
        assertThat(tx.run(order)).isEqualTo(1);
        assertThat(tx.out()).contains("g1: settled", "g2: finished meanwhile",
                "1 settled, 1 finished meanwhile, 1 refused.");
        assertThat(tx.err()).contains("g3: refused: said no").doesNotContain("g2");
        assertThat(tx.run("settle", "--state", "confirming", "--reason", "r", "--confirm-count", "3", "--json"))
                .isEqualTo(1);
        JsonNode json = Answers.JSON.readTree(tx.out());
        assertThat(json.path("applied").asInt()).isEqualTo(1);
        assertThat(json.path("refused").findValuesAsText("code")).containsExactly("wrong_state", "too_large");
        assertThat(json.path("shown").get(0).path("decision").asText()).isEqualTo("confirm");
    }

    @Test
    void aDryRunOfManySettledShowsDecisionsAndWhatStaysHeld() {
        server.coordinator.lists(new Page(List.of(confirming("g1")), ""));
        assertThat(tx.run("settle", "--state", "confirming", "--reason", "r", "--dry-run")).as(tx.err()).isZero();
        assertThat(tx.out()).contains("DECISION", "STILL HELD").containsPattern("g1 .* confirm +money");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void moreThanAnybodyCanHaveLookedAtAreNotSettledAtOnce() {
        server.coordinator.lists(query -> query.cursor().isEmpty()
                ? new Page(IntStream.range(0, 1_000).mapToObj(i -> confirming("a" + i)).toList(), "next")
                : new Page(List.of(confirming("b")), ""));
        assertThat(tx.run("settle", "--state", "confirming", "--reason", "r", "--confirm-count", "1001")).isEqualTo(2);
        assertThat(tx.err()).contains("nothing was done: 1001 match, and 1000 at most are settled at once");
        assertThat(server.coordinator.commands()).isEmpty();
        assertThat(tx.run("settle", "--state", "confirming", "--reason", "r", "--dry-run")).isZero();
        assertThat(tx.out()).contains("1000 at most");
    }

    @Test
    void aConfirmationOfTheOtherKindIsAUsageError() {
        server.coordinator.lists(new Page(List.of(confirming("g1")), ""));
        assertThat(tx.run("settle", "--state", "confirming", "--reason", "r", "--confirm", "g1")).isEqualTo(2);
        assertThat(tx.err()).contains("--confirm is for one transaction");
        assertThat(tx.run("settle", "g1", "--reason", "r", "--confirm", "g1", "--confirm-count", "1")).isEqualTo(2);
        assertThat(tx.err()).contains("--confirm-count is for a filter");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void anOrderThatWasDoneIsNotCalledAFailureOfTheOrder() throws Exception {
        try (StubServer stub = new StubServer()) {
            TxRun run = new TxRun("--server", stub.url());
            stub.answers("GET", "/api/v1/transactions/g1", 200, "{\"gid\":\"g1\",\"state\":\"CONFIRMING\"}");
            stub.answers("POST", "/api/v1/transactions/g1/operator/retry", 200, "{}");
            stub.answers("GET", "/api/v1/transactions/g1/wait", 429, "{\"message\":\"too many wait\"}");
            assertThat(run.run("retry", "g1", "--actor", "ann")).isEqualTo(1);
            assertThat(run.err()).isEqualToIgnoringNewLines(
                    "retry of g1: ordered as ann; its end could not be read: too many wait");
            stub.hangsUp("POST", "/api/v1/transactions/g1/operator/retry");
            assertThat(run.run("retry", "g1")).isEqualTo(1);
            assertThat(run.err()).contains("no answer from", "It may have been done: look with tx show g1",
                    "or give it again");
        }
    }

    @Test
    void settlingManyEndsWhereTheServerNoLongerAnswers() throws Exception {
        try (StubServer stub = new StubServer()) {
            TxRun run = new TxRun("--server", stub.url());
            stub.answers("POST", "/api/v1/operator/settle", 200, "{\"matched\":3,\"gids\":[\"a\",\"b\",\"c\"]}");
            for (String gid : List.of("a", "b", "c")) {
                stub.answers("GET", "/api/v1/transactions/" + gid, 200,
                        "{\"gid\":\"" + gid + "\",\"state\":\"TRYING\",\"held\":[]}");
            }
            stub.answers("POST", "/api/v1/transactions/a/operator/settle", 200, "{}");
            stub.hangsUp("POST", "/api/v1/transactions/b/operator/settle");
            assertThat(run.run("settle", "--paused", "--reason", "r", "--confirm-count", "3")).isEqualTo(1);
            assertThat(run.out()).contains("a: settled",
                    "1 settled, 0 finished meanwhile, 0 refused, 1 without an answer, 1 not ordered.");
            assertThat(run.err()).contains("b: it may have been settled: look with tx show b", "c: not ordered");
            assertThat(stub.asked()).doesNotContain("POST /api/v1/transactions/c/operator/settle");
        }
    }

    @Test
    void manyAreListedBeforeAnybodyIsAsked() {
        server.coordinator.lists(new Page(List.of(confirming("g1")), ""));
        assertThat(tx.types("yes").run("pause", "--state", "confirming")).as(tx.err()).isZero();
        assertThat(tx.seenWhenAsked()).contains("1 unfinished transaction matches:", "g1", "confirm", "money");
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
