package io.holdfast.server.cluster;

import static io.holdfast.server.testing.Transactions.changed;
import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.State;
import io.holdfast.core.Reply;
import io.holdfast.engine.Coordinator;
import io.holdfast.raft.RaftSettings;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.http.Leadership;
import io.holdfast.server.testing.FreezingProxy;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForwardToLeaderTest {

    private static final String DECISION = "/api/v1/transactions/g1/decision";
    private static final String CONFIRM = "{\"decision\":\"confirm\"}";

    private final TestServer first = TestServer.ready();
    private final TestServer second = TestServer.ready();
    private final FreezingProxy toFirst = new FreezingProxy(port(first));
    private final Place leader = new Place(new Leadership.Place.There("n2", URI.create("http://127.0.0.1:"
            + toFirst.port())));
    private final TestServer node = TestServer.starting(null);

    private static int port(TestServer server) {
        return URI.create(server.server.url()).getPort();
    }

    /** Who leads, as the test says. */
    private static final class Place implements Leadership {
        private Leadership.Place place;
        private CompletableFuture<Void> change = new CompletableFuture<>();

        Place(Leadership.Place place) {
            this.place = place;
        }

        void moves(Leadership.Place to) {
            CompletableFuture<Void> told;
            synchronized (this) {
                place = to;
                told = change;
                change = new CompletableFuture<>();
            }
            told.complete(null);
        }

        @Override
        public synchronized Leadership.Place place() {
            return place;
        }

        @Override
        public synchronized CompletableFuture<Void> change() {
            return change;
        }
    }

    ForwardToLeaderTest() {
        ClusterConfig config = new ClusterConfig("n1", List.of(
                ClusterConfig.Member.parse("n1 127.0.0.1:1 http://127.0.0.1:" + port(node)),
                ClusterConfig.Member.parse("n2 127.0.0.1:2 http://127.0.0.1:" + toFirst.port()),
                ClusterConfig.Member.parse("n3 127.0.0.1:3 http://127.0.0.1:" + port(second))));
        node.server.join(new ClusterPart(config, new CurrentMembers(config), leader, () -> 1, () -> Standing.MEMBER,
                new NoCuts(), new MemberChanges() {
                    @Override
                    public CompletableFuture<List<RaftSettings.Peer>> add(ClusterConfig.Member added) {
                        throw new IllegalStateException("none in this test");
                    }

                    @Override
                    public CompletableFuture<List<RaftSettings.Peer>> remove(String id) {
                        throw new IllegalStateException("none in this test");
                    }

                    @Override
                    public void handOver() {
                    }
                }, () -> null));
        node.server.serve(node.coordinator, registry -> {
        });
        second.coordinator.answers(changed(tcc("g1", State.CONFIRMING)));
    }

    @AfterEach
    void stop() {
        node.close();
        first.close();
        second.close();
        toFirst.close();
    }

    private void leadsThird() {
        leader.moves(new Leadership.Place.There("n3", URI.create("http://127.0.0.1:" + port(second))));
    }

    private CompletableFuture<Answer> decide() {
        return CompletableFuture.supplyAsync(() -> node.post(DECISION, CONFIRM));
    }

    private static Answer await(CompletableFuture<Answer> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aHalfOpenConnectionIsFoundByPingAndTheRequestIsSentOnceMore() throws Exception {
        first.coordinator.answers(changed(tcc("g1", State.CONFIRMING)));
        assertThat(await(decide()).status()).isEqualTo(202);
        toFirst.freeze();
        long frozenNanos = System.nanoTime();
        assertThat(await(decide()).status()).isEqualTo(202);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - frozenNanos)).isLessThan(10);
        assertThat(first.coordinator.commands()).as("the one before, and the one that was sent again").hasSize(2);
        assertThat(node.get("/metrics").text()).contains("holdfast_healing_replayed 1.0");
    }

    @Test
    void whatTheOldLeaderHadIsAskedOfTheNextOne() throws Exception {
        first.coordinator.answersLater(new CompletableFuture<>());
        CompletableFuture<Answer> answer = decide();
        TestServer.eventually(() -> !first.coordinator.commands().isEmpty());
        leadsThird();
        assertThat(await(answer).status()).isEqualTo(202);
        assertThat(second.coordinator.commands()).hasSize(1);
    }

    @Test
    void theSecondAnswerThatIsLostIsUnknown() throws Exception {
        first.coordinator.answersLater(new CompletableFuture<>());
        second.coordinator.answersLater(new CompletableFuture<Reply>());
        CompletableFuture<Answer> answer = decide();
        TestServer.eventually(() -> !first.coordinator.commands().isEmpty());
        leadsThird();
        TestServer.eventually(() -> !second.coordinator.commands().isEmpty());
        leader.moves(new Leadership.Place.Nowhere());
        assertThat(await(answer).json().path("code").asText()).isEqualTo("unknown_outcome");
    }

    @Test
    void nobodyToAskASecondTimeIsUnknownAndNotNothingDone() throws Exception {
        first.coordinator.answersLater(new CompletableFuture<>());
        CompletableFuture<Answer> answer = decide();
        TestServer.eventually(() -> !first.coordinator.commands().isEmpty());
        leader.moves(new Leadership.Place.Nowhere());
        assertThat(await(answer).json().path("code").asText()).isEqualTo("unknown_outcome");
    }

    /** The first one may have been done all the same. */
    @Test
    void aSecondSendingThatIsRefusedForNowDoesNotSayThatNothingWasDone() throws Exception {
        CompletableFuture<Reply> refused = CompletableFuture.failedFuture(new Coordinator.Overloaded("full"));
        second.coordinator.answersLater(refused);
        node.coordinator.answersLater(refused);
        for (Runnable move : List.<Runnable>of(this::leadsThird,
                () -> leader.moves(new Leadership.Place.Here()))) {
            leader.moves(new Leadership.Place.There("n2", URI.create("http://127.0.0.1:" + toFirst.port())));
            first.coordinator.answersLater(new CompletableFuture<>());
            int before = first.coordinator.commands().size();
            CompletableFuture<Answer> answer = decide();
            TestServer.eventually(() -> first.coordinator.commands().size() > before);
            move.run();
            assertThat(await(answer).json().path("code").asText()).isEqualTo("unknown_outcome");
        }
        assertThat(node.coordinator.commands()).hasSize(1);
    }

    @Test
    void aBeginAndAnOperatorsOrderAreNotSentTwice() throws Exception {
        for (String[] request : new String[][]{{"/api/v1/transactions", "{}"},
                {"/api/v1/transactions/g1/operator/pause", "{\"actor\":\"me\",\"reason\":\"x\"}"}}) {
            leader.moves(new Leadership.Place.There("n2", URI.create("http://127.0.0.1:" + toFirst.port())));
            first.coordinator.answersLater(new CompletableFuture<>());
            int before = first.coordinator.commands().size();
            CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> node.post(request[0], request[1]));
            TestServer.eventually(() -> first.coordinator.commands().size() > before);
            leadsThird();
            assertThat(await(answer).json().path("code").asText()).isEqualTo("unknown_outcome");
        }
        assertThat(second.coordinator.commands()).isEmpty();
    }

    @Test
    void whenNobodyLeadsNothingIsDone() throws Exception {
        leader.moves(new Leadership.Place.Nowhere());
        assertThat(await(decide()).json().path("code").asText()).isEqualTo("no_leader");
    }
}
