package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.tests.process.Audit.Kept;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Nodes are added to a group of packaged servers and removed from it, while clients go on. */
class MembersIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CLIENTS = 8;
    private static final long SEED = Long.getLong("holdfast.seed", 20_261_129);
    private static final int ASKED = 50;
    private static final int FAILED = 1;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String LONG = "takes minutes: -Dholdfast.longCluster=true";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.timeout(LIMIT).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> add(ServerGroup group, int asked, int added) throws Exception {
        String[] member = group.member(added).split(" ");
        return send(HttpRequest.newBuilder(URI.create(group.urls().get(asked) + "/api/v1/cluster/members"))
                .POST(BodyPublishers.ofString(JSON.createObjectNode().put("id", member[0]).put("log", member[1])
                        .put("api", member[2]).toString())));
    }

    private HttpResponse<String> remove(ServerGroup group, int asked, String id) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(group.urls().get(asked) + "/api/v1/cluster/members/" + id))
                .DELETE());
    }

    private static String code(HttpResponse<String> answer) throws Exception {
        JsonNode body = JSON.readTree(answer.body());
        return answer.statusCode() + " " + body.path("code").asText();
    }

    /** Starts the next spare node, adds it, and waits until the others know. */
    private int grow(ServerGroup group, List<Integer> members) throws Exception {
        int number = group.startSpare(members);
        HttpResponse<String> answer = add(group, members.getFirst(), number);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        Eventually.holds("it knows that it is a member", LIMIT, () -> group.standing(number).equals("member"));
        members.add(number);
        return number;
    }

    private void shrink(ServerGroup group, List<Integer> members, int number) throws Exception {
        members.remove((Integer) number);
        HttpResponse<String> answer = remove(group, members.getFirst(), "n" + (number + 1));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(group.get(number).awaitEnd()).isEqualTo(FAILED);
        assertThat(group.get(number).said()).contains("was removed from its group");
    }

    private static void awaitAnswers(Crowd crowd, int more) throws Exception {
        long until = crowd.answers() + more;
        Eventually.holds("clients get answers", LIMIT, () -> crowd.answers() >= until);
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void aNodeIsAddedAndTheLeaderRemovedUnderLoad() throws Exception {
        try (ServerGroup group = new ServerGroup(directory, 3, 1, "");
                Crowd crowd = new Crowd(group.urls(), CLIENTS, SEED, Kept.FOR_EVER)) {
            List<Integer> members = new ArrayList<>(List.of(0, 1, 2));
            awaitAnswers(crowd, 100);
            assertThat(code(add(group, 0, 3))).as("nobody is there").isEqualTo("409 member_unreachable");
            assertThat(code(remove(group, 1, "n9"))).isEqualTo("404 no_such_member");
            int fourth = grow(group, members);
            awaitAnswers(crowd, 100);
            shrink(group, members, group.awaitLeader());
            awaitAnswers(crowd, 100);
            // Two of three, and one of them is new: it has to count.
            int old = members.getFirst();
            group.get(old).sigkill();
            group.awaitLeader();
            awaitAnswers(crowd, 50);
            group.get(old).startAgain();
            group.get(old).awaitListening();
            settle(group, crowd, members);
            assertThat(group.get(old).said()).as("its configuration is old").contains("cluster.members is not");
            assertThat(group.members(fourth)).contains("n4").hasSize(3);
        }
    }

    private static void settle(ServerGroup group, Crowd crowd, List<Integer> members) throws Exception {
        crowd.settle();
        crowd.askForTheYoungest(ASKED);
        assertThat(crowd.violations()).isEmpty();
        List<String> ids = members.stream().map(number -> "n" + (number + 1)).sorted().toList();
        for (int number : members) {
            Eventually.holds("each knows the members", LIMIT, () -> group.members(number).equals(ids));
        }
        System.out.println("MEMBERS: seed=" + SEED + " members=" + ids + " transactions=" + crowd.transactions()
                + " acknowledged=" + crowd.acknowledged() + " violations=" + crowd.violations().size());
        assertThat(crowd.acknowledged()).isGreaterThan(100);
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = LONG)
    void aGroupGrowsToFiveAndAllItBeganWithAreReplaced() throws Exception {
        // As small as can be, so that logs are released and new nodes need cuts.
        String smallCuts = "store:\n  cutBytes: 65536\nlimits:\n  maxLiveBytes: 1048576\n";
        try (ServerGroup group = new ServerGroup(directory, 3, 5, smallCuts);
                Crowd crowd = new Crowd(group.urls(), CLIENTS, SEED, Kept.FOR_EVER)) {
            List<Integer> members = new ArrayList<>(List.of(0, 1, 2));
            awaitAnswers(crowd, 500);
            grow(group, members);
            grow(group, members);
            for (int old = 0; old < 3; old++) {
                awaitAnswers(crowd, 500);
                grow(group, members);
                shrink(group, members, old);
            }
            awaitAnswers(crowd, 500);
            // What they are configured with is of another time, one way or another.
            for (int number : members) {
                group.get(number).sigterm();
            }
            for (int number : members) {
                group.get(number).awaitEnd();
            }
            for (int number : members) {
                group.get(number).startAgain();
            }
            for (int number : members) {
                group.get(number).awaitListening();
            }
            group.awaitLeader();
            settle(group, crowd, members);
        }
    }
}
