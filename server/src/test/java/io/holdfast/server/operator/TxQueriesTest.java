package io.holdfast.server.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Overloaded;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.engine.Coordinator.PendingCall;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.server.config.AccessToken;
import io.holdfast.server.http.Answers;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.Transactions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TxQueriesTest {

    private final TestServer server = TestServer.ready();
    private final TxRun tx = new TxRun("--server", server.server.url());

    @AfterEach
    void stop() {
        server.close();
    }

    /** Decided to confirm, a stock branch that is done and a money branch that is not. */
    private static Transaction stuck(String gid, String error) {
        Branch money = new Branch("money", "http://pay:8081/confirm", "http://pay:8081/cancel", 2, 0, -1, Progress.OWED,
                Progress.IDLE, false, error, 0, 0);
        Transaction plain = Transactions.with(
                Transactions.terms(gid, Mode.TCC, new Attributes("native-http", "", "order-7", "", List.of(), false,
                        List.of())),
                State.CONFIRMING, "", Transactions.branch("stock", Progress.DONE, Progress.IDLE), money);
        return new Transaction(plain.terms(), plain.state(), plain.branches(), "", plain.updatedWallMillis(),
                plain.decidedWallMillis(), 0, 0, 0, "", "confirm of branch money failed 10 times",
                List.of(new Transaction.Audit(Transactions.CREATED_MILLIS, OperatorAction.RETRY, "ann", "shop is back",
                        State.CONFIRMING)));
    }

    @Test
    void aListNamesWhatEachWaitsForInWords() {
        server.coordinator.lists(new Page(List.of(stuck("g1", "HTTP 500: oops\u001b[2J"),
                Transactions.tcc("g2", State.TRYING)), ""));
        assertThat(tx.run("list")).as(tx.err()).isZero();
        assertThat(tx.out().lines().toList()).satisfiesExactly(
                heading -> assertThat(heading).contains("GID", "AGE", "STATE", "DECISION", "WAITS FOR"),
                first -> assertThat(first).startsWith("!  g1").contains("1 of 2 branches are confirmed", "confirm",
                        "pay:8081: HTTP 500: oops[2J").doesNotContain("\u001b"),
                second -> assertThat(second).contains("g2", "undecided", "its caller"));
        ListQuery asked = server.coordinator.listQueries().getLast();
        assertThat(asked.states()).containsExactly(State.TRYING, State.CONFIRMING, State.CANCELLING, State.RUNNING,
                State.COMPENSATING);
        assertThat(asked.limit()).isEqualTo(51);
    }

    @Test
    void filtersAreHandedToTheServer() {
        assertThat(tx.run("list", "--state", "confirming,cancelled", "--mode", "tcc", "--from", "2h", "--to",
                "2026-11-22T10:00:00Z", "--needs-attention", "--paused", "--business-key", "a b", "--limit", "7"))
                .as(tx.err()).isZero();
        ListQuery asked = server.coordinator.listQueries().getLast();
        assertThat(asked.states()).containsExactly(State.CONFIRMING, State.CANCELLED);
        assertThat(asked.mode()).isEqualTo(Mode.TCC);
        assertThat(asked.businessKey()).isEqualTo("a b");
        assertThat(System.currentTimeMillis() - asked.createdFromWallMillis()).isBetween(7_200_000L, 7_260_000L);
        assertThat(asked.createdToWallMillis()).isEqualTo(1_795_341_600_000L);
        assertThat(asked.needsAttention()).isTrue();
        assertThat(asked.paused()).isTrue();
        assertThat(tx.out()).isEqualToIgnoringNewLines("No transaction matches.");
    }

    @Test
    void aListThatIsCutSaysHowToSeeMore() throws Exception {
        server.coordinator.lists(new Page(List.of(stuck("g1", ""), stuck("g2", ""), stuck("g3", "")), ""));
        assertThat(tx.run("list", "--limit", "2")).isZero();
        assertThat(tx.out()).contains("g2", "the oldest 2, and there are more").doesNotContain("g3");
        assertThat(tx.run("list", "--limit", "2", "--json")).isZero();
        assertThat(Answers.JSON.readTree(tx.out()).path("more").asBoolean()).isTrue();
        assertThat(tx.run("list", "--limit", "3")).isZero();
        assertThat(tx.out()).contains("g3").doesNotContain("more");
    }

    @Test
    void aLabelLeadsToWhatCarriesIt() {
        Transaction plain = Transactions.tcc("g1", State.TRYING);
        Transaction labelled = Transactions
                .with(Transactions.terms("g2", Mode.TCC, new Attributes("native-http", "", "",
                        "", List.of(), false, List.of(new Attributes.Label("user", "42")))), State.TRYING, "");
        server.coordinator.lists(new Page(List.of(plain, labelled), ""));
        assertThat(tx.run("list", "--label", "user=42")).as(tx.err()).isZero();
        assertThat(tx.out()).contains("g2").doesNotContain("g1");
        assertThat(tx.run("list", "--label", "user")).isEqualTo(2);
    }

    @Test
    void groupsTellWhetherItIsOneOrMany() throws Exception {
        server.coordinator.lists(new Page(List.of(stuck("g1", "HTTP 500: order 123456 is odd"),
                Transactions.tcc("g2", State.TRYING), stuck("g3", "HTTP 500: order 987654 is odd")), ""));
        assertThat(tx.run("list", "--group")).as(tx.err()).isZero();
        assertThat(tx.out().lines().skip(1).toList()).satisfiesExactly(
                many -> assertThat(many).startsWith("2 ").contains("pay:8081", "HTTP 500: order # is odd", "g1"),
                one -> assertThat(one).startsWith("1 ").contains("its caller", "g2"));
        assertThat(tx.run("list", "--group", "--json")).isZero();
        assertThat(Answers.JSON.readTree(tx.out()).path("groups").get(0).path("count").asInt()).isEqualTo(2);
    }

    @Test
    void oneScreenExplainsATransaction() {
        server.coordinator.knows(new TransactionView(stuck("g 1", "no connection"),
                List.of(new PendingCall(1, "confirm", 12, "no connection: refused", 3_000, 12_400, false)), List.of(),
                10_000));
        server.coordinator.lists(new Page(List.of(stuck("g 1", "no connection")), ""));
        assertThat(tx.run("show", "g 1")).as(tx.err()).isZero();
        assertThat(tx.out()).contains("Transaction g 1 (tcc), business key order-7",
                "decided to confirm; 1 of 2 branches are confirmed", "needed: confirm of branch money failed 10 times",
                "Why it is stuck", "is not done after 12 attempts", "If nothing is done", "again in 12 s",
                "Still held          money", "the only one that waits for pay:8081", "in 12 s",
                "no connection: refused",
                "confirm http://pay:8081/confirm", "ann: retry in state CONFIRMING, because: shop is back",
                "./holdfast tx retry 'g 1' --server " + server.server.url());
    }

    @Test
    void anOrderNumberLeadsToItsTransaction() {
        server.coordinator.knows(stuck("g1", ""));
        server.coordinator.lists(new Page(List.of(stuck("g1", "")), ""));
        assertThat(tx.run("show", "order-7")).as(tx.err()).isZero();
        assertThat(tx.out()).contains("Transaction g1 ");
        assertThat(server.coordinator.listQueries()).anyMatch(query -> query.businessKey().equals("order-7"));
        assertThat(tx.run("show", "--business-key", "order-7")).isZero();
        assertThat(tx.out()).contains("Transaction g1 ");
        server.coordinator.lists(new Page(List.of(), ""));
        assertThat(tx.run("show", "order-8")).isEqualTo(1);
        assertThat(tx.err()).isEqualToIgnoringNewLines(
                "no transaction has the gid or the business key order-8: it never began, or its retention is over");
    }

    @Test
    void aCaseIsWrittenForATicketOnce(@TempDir Path directory) throws Exception {
        server.coordinator.knows(stuck("g1", "no connection"));
        Path file = directory.resolve("case.txt");
        assertThat(tx.run("show", "g1", "--text", file.toString())).as(tx.err()).isZero();
        assertThat(Files.readString(file)).startsWith("As of 20").contains("Transaction g1", "Why it is stuck");
        assertThat(tx.run("show", "g1", "--text", file.toString())).isEqualTo(1);
        assertThat(tx.err()).contains("is there already");
    }

    @Test
    void everyStateCanBeShown() {
        for (State state : State.values()) {
            Mode mode = state == State.RUNNING || state == State.COMPENSATING ? Mode.SAGA : Mode.TCC;
            server.coordinator
                    .knows(Transactions.in(state, mode, "g1", Transactions.branch("01", Progress.IDLE, Progress.DONE)));
            assertThat(tx.run("show", "g1")).as(tx.err()).isZero();
            assertThat(tx.out()).contains("Why it is stuck", state.isFinished() ? "Nothing is left to do." : "Next");
        }
    }

    @Test
    void whatGoesWrongIsOneLine() throws Exception {
        assertThat(tx.run("show")).isEqualTo(2);
        assertThat(tx.run("show", "g1", "--business-key", "k")).isEqualTo(2);
        assertThat(tx.run("list", "--state", "stuck")).isEqualTo(2);
        assertThat(tx.run("list", "--limit", "0")).isEqualTo(2);
        assertThat(tx.run("list", "--from", "yesterday")).isEqualTo(2);
        assertThat(tx.err()).contains("'yesterday' is not allowed", "90s, 15m, 2h, 3d");
        assertThat(new TxRun("--server", "localhost:36789").run("list")).isEqualTo(2);

        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        TxRun lost = new TxRun("--server", "http://127.0.0.1:" + nobody);
        assertThat(lost.run("list")).isEqualTo(1);
        assertThat(lost.err().lines()).singleElement().asString()
                .startsWith("no answer from http://127.0.0.1:" + nobody + ": nothing takes connections there");

        server.coordinator.queriesFail(new Overloaded("too many queries are waiting"));
        assertThat(tx.run("show", "g1")).isEqualTo(1);
        assertThat(tx.err().lines()).singleElement().asString().contains("too many queries are waiting");
    }

    @Test
    void aTokenIsShownToTheServer(@TempDir Path directory) throws Exception {
        try (TestServer guarded = TestServer.starting(new AccessToken("0123456789abcdef"))) {
            guarded.server.serve(guarded.coordinator, registry -> {
            });
            TxRun run = new TxRun("--server", guarded.server.url());
            assertThat(run.run("list")).isEqualTo(1);
            assertThat(run.err())
                    .contains("asks for a token: give it with --token-file FILE or the variable HOLDFAST_TOKEN");
            Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef\n");
            assertThat(run.run("list", "--token-file", token.toString())).as(run.err()).isZero();
            assertThat(run.run("list", "--token-file", directory.resolve("none").toString())).isEqualTo(1);
            assertThat(run.err()).contains("the token cannot be read from");
            Files.writeString(token, "0123456789abcdeX");
            assertThat(run.run("list", "--token-file", token.toString())).isEqualTo(1);
            assertThat(run.err()).contains("refuses the token");
        }
    }
}
