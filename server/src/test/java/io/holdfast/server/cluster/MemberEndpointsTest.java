package io.holdfast.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.raft.MembersRefused;
import io.holdfast.raft.MembersRefused.Reason;
import io.holdfast.raft.RaftSettings.Peer;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.http.Leadership;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemberEndpointsTest {

    private static final List<Peer> LEFT = List.of(new Peer("n1", "127.0.0.1", 1, "http://127.0.0.1:11"));

    private static final List<ClusterConfig.Member> MEMBERS = List.of(
            ClusterConfig.Member.parse("n1 127.0.0.1:1 http://127.0.0.1:11"),
            ClusterConfig.Member.parse("n2 127.0.0.1:2 http://127.0.0.1:12"));

    private final TestServer node = TestServer.ready();
    private final TestServer other = TestServer.ready();
    private final List<String> orders = new ArrayList<>();
    private CompletableFuture<List<Peer>> outcome = CompletableFuture.completedFuture(LEFT);
    private Leadership.Place placeAfterHandOver = new Leadership.Place.Here();

    @AfterEach
    void stop() {
        node.close();
        other.close();
    }

    /** What the log of a node would do, as the test says. */
    private final class Changes implements MemberChanges, Leadership {
        private final String self;
        private Leadership.Place place = new Leadership.Place.Here();

        Changes(String self) {
            this.self = self;
        }

        @Override
        public CompletableFuture<List<Peer>> add(ClusterConfig.Member added) {
            orders.add(self + " adds " + added.id());
            return outcome;
        }

        @Override
        public CompletableFuture<List<Peer>> remove(String id) {
            orders.add(self + " removes " + id);
            return id.equals(self)
                    ? CompletableFuture.failedFuture(new MembersRefused(Reason.LEADS, id + " leads"))
                    : outcome;
        }

        @Override
        public void handOver() {
            orders.add(self + " hands over");
            place = placeAfterHandOver;
        }

        @Override
        public Leadership.Place place() {
            return place;
        }

        @Override
        public CompletableFuture<Void> change() {
            return new CompletableFuture<>();
        }
    }

    private void joins(TestServer server, String id, Standing standing) {
        List<ClusterConfig.Member> members = new ArrayList<>(MEMBERS);
        if (members.stream().noneMatch(member -> member.id().equals(id))) {
            members.add(ClusterConfig.Member.parse(id + " 127.0.0.1:3 http://127.0.0.1:13"));
        }
        ClusterConfig config = new ClusterConfig(id, members);
        Changes changes = new Changes(id);
        server.server.join(new ClusterPart(config, new CurrentMembers(config), changes, () -> 1, () -> standing,
                new NoCuts(), changes, () -> null));
    }

    /** An address at which nothing listens. */
    private static String nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }
    }

    private Answer add(String id, String api) {
        return node.post(MemberEndpoints.PATH,
                "{\"id\":\"%s\",\"log\":\"127.0.0.1:9\",\"api\":\"%s\"}".formatted(id, api));
    }

    private Answer remove(String id) {
        return node.send(node.request(MemberEndpoints.PATH + "/" + id).DELETE());
    }

    private static void assertError(Answer answer, int status, String code, String... message) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.json().path("code").asText()).isEqualTo(code);
        assertThat(answer.message()).contains(message);
    }

    @Test
    void aServerThatIsAloneHasNoMembers() {
        assertError(add("n3", "http://127.0.0.1:3"), 404, "no_cluster", "cluster.members");
        assertError(remove("n3"), 404, "no_cluster", "cluster.members");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "3", "{}", "{\"id\":\"n3\"}",
            "{\"id\":\"n3\",\"log\":\"nowhere\",\"api\":\"http://127.0.0.1:3\"}",
            "{\"id\":\"n3\",\"log\":\"127.0.0.1:9\",\"api\":\"ftp://127.0.0.1:3\"}",
            "{\"id\":\"n 3\",\"log\":\"127.0.0.1:9\",\"api\":\"http://127.0.0.1:3\"}"})
    void whatIsNoMemberIsRefusedWithAnExample(String body) {
        joins(node, "n1", Standing.MEMBER);
        Answer answer = node.post(MemberEndpoints.PATH, body);
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.json().path("allowed").asText()).contains("\"id\": \"n4\"");
        assertThat(orders).isEmpty();
    }

    @Test
    void whoDoesNotAnswerIsNotAdded() throws Exception {
        joins(node, "n1", Standing.MEMBER);
        assertError(add("n3", nobody()), 409, "member_unreachable",
                "n3 does not answer", "start it first");
        assertThat(orders).isEmpty();
    }

    @Test
    void whoeverIsAtThatAddressHasToBeTheOneThatIsAdded() {
        joins(node, "n1", Standing.MEMBER);
        joins(other, "n7", Standing.APPLICANT);
        assertError(add("n3", other.server.url()), 409, "member_unreachable", "is node n7, not n3");
        assertThat(orders).isEmpty();
    }

    @Test
    void anApplicantIsAdded() {
        joins(node, "n1", Standing.MEMBER);
        joins(other, "n3", Standing.APPLICANT);
        Answer answer = add("n3", other.server.url());
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().at("/members/0/api").asText()).isEqualTo("http://127.0.0.1:11");
        assertThat(orders).containsExactly("n1 adds n3");
    }

    @ParameterizedTest
    @CsvSource({"NO_LEADER,503,no_leader", "UNDER_WAY,409,change_under_way", "DUPLICATE,409,member_exists",
            "UNKNOWN_MEMBER,404,no_such_member", "LAST_MEMBER,409,last_member", "TOO_MANY,409,too_many_members",
            "NO_MAJORITY,409,no_majority", "NOT_REACHED,409,member_unreachable",
            "UNKNOWN_OUTCOME,504,unknown_outcome"})
    void eachReasonHasAnAnswerOfItsOwn(Reason reason, int status, String code) {
        joins(node, "n1", Standing.MEMBER);
        outcome = CompletableFuture.failedFuture(new MembersRefused(reason, "because of the test"));
        assertError(remove("n2"), status, code, "because of the test");
    }

    @Test
    void whatNobodyExpectedIsAnUnknownOutcome() {
        joins(node, "n1", Standing.MEMBER);
        outcome = CompletableFuture.failedFuture(new IllegalStateException("a bug"));
        assertError(remove("n2"), 504, "unknown_outcome", "a bug", "look at the members");
    }

    @Test
    void aLeaderThatIsToGoHandsOverAndPassesTheOrderOn() {
        joins(node, "n1", Standing.MEMBER);
        joins(other, "n2", Standing.MEMBER);
        placeAfterHandOver = new Leadership.Place.There("n2", URI.create(other.server.url()));
        Answer answer = remove("n1");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(orders).containsExactly("n1 removes n1", "n1 hands over", "n2 removes n1");
    }

    @Test
    void aLeaderThatNobodyRelievesStays() {
        joins(node, "n1", Standing.MEMBER);
        assertError(remove("n1"), 503, "no_leader", "no other node has taken over", "nothing was done");
        assertThat(orders).containsExactly("n1 removes n1", "n1 hands over");
    }

    @Test
    void aNextLeaderThatDoesNotAnswerLeavesTheOutcomeUnknown() throws Exception {
        joins(node, "n1", Standing.MEMBER);
        placeAfterHandOver = new Leadership.Place.There("n2", URI.create(nobody()));
        assertError(remove("n1"), 504, "unknown_outcome", "n2 leads now", "look at the members");
    }
}
