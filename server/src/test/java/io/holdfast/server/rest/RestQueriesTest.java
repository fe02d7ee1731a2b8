package io.holdfast.server.rest;

import static io.holdfast.server.testing.Transactions.branch;
import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.engine.Coordinator.PendingCall;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import io.holdfast.server.testing.Transactions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestQueriesTest {

    private static final String ONE = "/api/v1/transactions/g1";

    private final TestServer server = TestServer.ready();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everythingThatIsKnownIsShown() {
        Terms terms = new Terms("g1", Mode.SAGA, 7, Transactions.CREATED_MILLIS, 60_000, 70_000,
                new CallPolicy(1, 2, 3, 4, 5), new SagaOrder(true, List.of(List.of(), List.of(0))),
                new Attributes("native-grpc", "00-t-01", "order-7", "",
                        List.of(new Attributes.Header("X-Token", "s"), new Attributes.Header("X-Tenant", "b")), false,
                        List.of(new Attributes.Label("team", "blue"))));
        Transaction transaction = new Transaction(terms, State.RUNNING,
                List.of(branch("a", Progress.DONE, Progress.IDLE), branch("b", Progress.OWED, Progress.IDLE)), "",
                Transactions.CREATED_MILLIS, 0, 0, 0, 0, "", "failed often",
                List.of(new Transaction.Audit(1, OperatorAction.PAUSE, "ann", "", State.RUNNING)));
        server.coordinator.knows(new TransactionView(transaction,
                List.of(new PendingCall(1, "action", 3, "status 500: sorry", 2_000, 4_000, false)), List.of(), 10_000));

        JsonNode json = server.get(ONE).json();

        assertThat(json.path("businessKey").asText()).isEqualTo("order-7");
        assertThat(json.path("createdAt").asText()).isEqualTo(Transactions.CREATED);
        assertThat(json.has("decision")).isFalse();
        assertThat(json.path("deadlineInMillis").asLong()).isEqualTo(60_000);
        assertThat(json.path("whyStuck").asText()).isEqualTo("The action of branch b at 127.0.0.1 is not done after 3"
                + " attempts, the last error was: status 500: sorry.");
        assertThat(json.path("ifNothingIsDone").asText()).contains("again in 4 s").contains("its deadline");
        assertThat(json.path("held")).extracting(JsonNode::asText).containsExactly("a", "b");
        assertThat(json.path("policy").path("retryLimit").asInt()).isEqualTo(5);
        assertThat(json.path("order").asText()).isEqualTo("graph");
        assertThat(json.path("labels").path("team").asText()).isEqualTo("blue");
        assertThat(json.path("headers").toString()).isEqualTo("{\"X-Token\":\"(hidden)\",\"X-Tenant\":\"b\"}");
        assertThat(json.path("attentionReason").asText()).isEqualTo("failed often");
        assertThat(json.path("audit").get(0).path("actor").asText()).isEqualTo("ann");
        JsonNode second = json.path("branches").get(1);
        assertThat(second.path("after").get(0).asText()).isEqualTo("a");
        assertThat(second.path("attempts").asInt()).isEqualTo(3);
        assertThat(second.path("lastError").asText()).isEqualTo("status 500: sorry");
        assertThat(second.path("nextAttemptAt").asText()).isGreaterThan(second.path("lastAttemptAt").asText());
        assertThat(second.path("forward").path("progress").asText()).isEqualTo("owed");
    }

    @Test
    void everyStateCanBeShown() {
        for (State state : State.values()) {
            boolean isSaga = state == State.RUNNING || state == State.COMPENSATING;
            server.coordinator.knows(Transactions.in(state, isSaga ? Mode.SAGA : Mode.TCC, "g1",
                    branch("01", Progress.IDLE, Progress.DONE)));
            assertThat(server.get(ONE).json().path("state").asText()).isEqualTo(state.name());
        }
        assertThat(server.get("/api/v1/transactions/nobody").status()).isEqualTo(404);
    }

    @Test
    void aListPassesOnItsFilters() {
        server.coordinator.lists(new Page(List.of(tcc("g1", State.TRYING), tcc("g2", State.CONFIRMED)), "17"));

        Answer got = server.get("/api/v1/transactions?state=TRYING&state=CONFIRMED&mode=tcc&businessKey=k%201"
                + "&from=2026-11-22T10:00:00Z&to=2026-11-22T11:00:00%2B01:00&needsAttention=true&paused=false&limit=2&cursor=5");

        long from = 1_795_341_600_000L;
        assertThat(server.coordinator.listQueries()).containsExactly(new ListQuery(
                List.of(State.TRYING, State.CONFIRMED), Mode.TCC, "k 1", from, from, true, false, "5", 2));
        assertThat(got.json().path("nextCursor").asText()).isEqualTo("17");
        assertThat(got.json().path("transactions")).extracting(t -> t.path("gid").asText()).containsExactly("g1", "g2");
        server.get("/api/v1/transactions");
        assertThat(server.coordinator.listQueries().getLast())
                .isEqualTo(new ListQuery(List.of(), null, "", 0, 0, null, null, "", 100));
    }

    @Test
    void aWaitEndsWithTheTransaction() {
        server.coordinator.knows(tcc("g1", State.CONFIRMING));
        assertThat(server.get(ONE + "/wait?timeoutMillis=0").status()).isEqualTo(202);
        CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> server.get(ONE + "/wait"));
        server.coordinator.end().complete(tcc("g1", State.CONFIRMED));
        Answer got = waiting.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.json().path("finished").asBoolean()).isTrue();
    }

    @Test
    void aWaitThatIsOverTellsTheStateAndLetsGo() {
        server.coordinator.knows(tcc("g1", State.CONFIRMING));
        Answer got = server.get(ONE + "/wait?timeoutMillis=20");
        assertThat(got.status()).isEqualTo(202);
        assertThat(got.json().path("state").asText()).isEqualTo("CONFIRMING");
        assertThat(server.coordinator.end()).isCancelled();
    }

    @Test
    void aServerThatStopsKeepsNobodyWaiting() {
        server.coordinator.knows(tcc("g1", State.CONFIRMING));
        CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> server.get(ONE + "/wait"));
        TestServer.eventually(() -> server.coordinator.end().getNumberOfDependents() > 0);
        assertThat(server.server.drain()).isZero();
        assertThat(waiting.orTimeout(20, TimeUnit.SECONDS).join().status()).isEqualTo(202);
    }
}
