package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.engine.StorageException;
import io.holdfast.raft.MembersRefused.Reason;
import io.holdfast.raft.RaftNodes.Node;
import io.holdfast.raft.RaftSettings.Peer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members come and go. Nodes in this process; those from the fourth on are not configured anywhere but with themselves. */
class RaftMembersTest {

    private static final int HAND_OVER_MILLIS = 2_000;
    private static final int FEW = 5;
    private static final int FOURTH = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @SuppressWarnings("NullAway.Init") // set by each test
    private RatisGroup group;
    @SuppressWarnings("NullAway.Init") // set by each test
    private RaftNodes nodes;

    private void begin(int founders, int spare) throws Exception {
        group = new RatisGroup(founders, spare, directory, 11);
        nodes = new RaftNodes(group);
        for (int node = 0; node < founders; node++) {
            nodes.get(node).start(0);
        }
        nodes.commit(FEW);
    }

    @AfterEach
    void stop() throws StorageException {
        nodes.close();
    }

    private List<String> ids(int... numbers) {
        return Arrays.stream(numbers).mapToObj(number -> nodes.get(number).id()).sorted().toList();
    }

    private List<Peer> add(int number) throws Exception {
        List<Peer> now = nodes.get(nodes.leader().log().addMember(group.peer(number)));
        assertThat(now).contains(group.peer(number));
        return now;
    }

    /** As an operator does: the leader hands over before it goes. */
    private void remove(int number) throws Exception {
        Node leader = nodes.leader();
        if (leader == nodes.get(number)) {
            assertThat(nodes.get(leader.log().handOver(HAND_OVER_MILLIS))).isPresent();
            nodes.await("that another leads", () -> !leader.leads && nodes.all().anyMatch(node -> node.leads));
        }
        assertThat(nodes.get(nodes.leader().log().removeMember(nodes.get(number).id())))
                .noneMatch(peer -> peer.id().equals(nodes.get(number).id()));
    }

    private Reason refused(CompletableFuture<List<Peer>> order) throws Exception {
        nodes.await("a refusal", order::isDone);
        try {
            throw new AssertionError("done: " + order.get());
        } catch (ExecutionException e) {
            assertThat(e).cause().isInstanceOf(MembersRefused.class);
            return ((MembersRefused) Objects.requireNonNull(e.getCause())).reason();
        }
    }

    private void awaitMembers(List<String> ids, Stream<Node> those) throws Exception {
        List<Node> all = those.toList();
        nodes.await("that the members are " + ids, () -> all.stream().allMatch(node -> node.members().equals(ids)));
    }

    private void commitAndAwaitAll() throws Exception {
        nodes.commit(FEW);
        nodes.awaitTold(nodes.most(), nodes.running());
    }

    @Test
    void aNewNodeIsAddedWhenItHasACutAndThenItCounts() throws Exception {
        begin(3, 1);
        nodes.join(nodes.get(FOURTH));
        awaitMembers(ids(0, 1, 2), nodes.all());
        nodes.commit(FEW);
        assertThat(add(FOURTH)).hasSize(4);
        awaitMembers(ids(0, 1, 2, FOURTH), nodes.all());
        commitAndAwaitAll();
        // Again is no error, and changes nothing.
        assertThat(add(FOURTH)).hasSize(4);

        // Of four it takes three: without it there is no majority now.
        nodes.other(nodes.get(FOURTH)).stop();
        commitAndAwaitAll();
        nodes.get(FOURTH).stop();
        nodes.get(FOURTH).startAgain();
        commitAndAwaitAll();
    }

    @Test
    void aNewNodeWhoseCutIsTooOldIsToldToFetchANewerOne() throws Exception {
        begin(3, 1);
        nodes.join(nodes.get(FOURTH));
        Node leader = nodes.leader();
        // The files before it are gone with the release after the next.
        for (int i = 0; i < 3; i++) {
            nodes.fill(3 * RatisGroup.SEGMENT_BYTES);
            leader.log().releaseThrough(leader.told);
        }
        CompletableFuture<List<Peer>> order = leader.log().addMember(group.peer(FOURTH));
        nodes.await("that it asks for a cut", () -> group.needsCut() == FOURTH);
        leader.log().releaseThrough(leader.told);
        Node fourth = nodes.get(FOURTH);
        fourth.stop();
        RaftLog.acceptCut(fourth.settings(), leader.log().lastCut());
        fourth.start(leader.log().lastCut().sequence());
        assertThat(nodes.get(order)).contains(group.peer(FOURTH));
        commitAndAwaitAll();
    }

    @Test
    void aRemovedFollowerEndsAndDisturbsNobody() throws Exception {
        begin(3, 0);
        Node leader = nodes.leader();
        Node gone = nodes.other(leader);
        remove(gone.number);
        nodes.await("that it knows", () -> gone.failure != null);
        assertThat(gone.failure).hasMessageContaining("was removed from its group");
        assertThat(leader.leads).as("still leads").isTrue();
        commitAndAwaitAll();
        assertThat(nodes.leader()).isSameAs(leader);
        gone.stop();
        assertThatExceptionOfType(StorageException.class).isThrownBy(gone::startAgain)
                .withMessageContaining("was removed from its group");
    }

    @Test
    void aRemovedNodeThatWasAwayIsToldWhenItComesBack() throws Exception {
        begin(3, 0);
        Node leader = nodes.leader();
        Node gone = nodes.other(leader);
        gone.stop();
        remove(gone.number);
        commitAndAwaitAll();
        gone.startAgain();
        nodes.await("that it knows", () -> gone.failure != null);
        assertThat(gone.failure).hasMessageContaining("was removed from its group");
        assertThat(nodes.leader()).isSameAs(leader);
    }

    @Test
    void allAreReplacedOneByOneTheLeaderAsWell() throws Exception {
        begin(3, 3);
        for (int number = 0; number < 3; number++) {
            nodes.join(nodes.get(3 + number));
            add(3 + number);
            remove(number);
            nodes.commit(FEW);
            nodes.get(number).stop();
        }
        awaitMembers(ids(3, 4, 5), nodes.running());
        commitAndAwaitAll();
    }

    @Test
    void refusalsSayWhatStandsInTheWay() throws Exception {
        begin(3, 2);
        Node leader = nodes.leader();
        Node follower = nodes.other(leader);
        Peer fourth = group.peer(FOURTH);
        assertThat(refused(follower.log().addMember(fourth))).isEqualTo(Reason.NO_LEADER);
        assertThat(refused(leader.log().removeMember("nobody"))).isEqualTo(Reason.UNKNOWN_MEMBER);
        assertThat(refused(leader.log().removeMember(leader.id()))).isEqualTo(Reason.LEADS);
        Peer old = group.peer(follower.number);
        assertThat(refused(leader.log().addMember(new Peer(old.id(), fourth.host(), fourth.port(), fourth.api()))))
                .isEqualTo(Reason.DUPLICATE);
        assertThat(refused(leader.log().addMember(new Peer("other", old.host(), old.port(), fourth.api()))))
                .isEqualTo(Reason.DUPLICATE);
        assertThat(refused(leader.log().addMember(new Peer("other", fourth.host(), fourth.port(), old.api()))))
                .isEqualTo(Reason.DUPLICATE);

        CompletableFuture<List<Peer>> first = leader.log().addMember(fourth);
        CompletableFuture<List<Peer>> second = leader.log().addMember(group.peer(FOURTH + 1));
        assertThat(refused(second)).isEqualTo(Reason.UNDER_WAY);
        assertThat(refused(first)).as("nobody listens there").isEqualTo(Reason.NOT_REACHED);
        commitAndAwaitAll();
        assertThat(leader.members()).hasSize(3);

        Node third = nodes.running().filter(node -> node != leader && node != follower).findFirst().orElseThrow();
        third.stop();
        assertThat(refused(leader.log().removeMember(follower.id()))).isEqualTo(Reason.NO_MAJORITY);
    }

    @Test
    void theLastMemberStays() throws Exception {
        begin(1, 0);
        assertThat(refused(nodes.leader().log().removeMember(nodes.get(0).id()))).isEqualTo(Reason.LAST_MEMBER);
        nodes.commit(FEW);
    }

    @Test
    void aGroupOfOneGrowsAndShrinks() throws Exception {
        begin(1, 2);
        for (int number = 1; number < 3; number++) {
            nodes.join(nodes.get(number));
            add(number);
        }
        commitAndAwaitAll();
        nodes.get(0).stop();
        commitAndAwaitAll();
        nodes.get(0).startAgain();
        commitAndAwaitAll();
        remove(0);
        remove(nodes.leader().number == 1 ? 2 : 1);
        nodes.commit(FEW);
        assertThat(nodes.leader().members()).hasSize(1);
    }

    @Test
    void aChangeThatItsLeaderDidNotLiveToSeeCanBeMadeAgain() throws Exception {
        begin(3, 1);
        Node fourth = nodes.get(FOURTH);
        nodes.join(fourth);
        Node leader = nodes.leader();
        List<Node> others = nodes.running().filter(node -> node != leader && node != fourth).toList();
        others.forEach(node -> group.isolate(node.number));
        CompletableFuture<List<Peer>> order = leader.log().addMember(group.peer(FOURTH));
        assertThat(refused(order)).isEqualTo(Reason.UNKNOWN_OUTCOME);
        leader.stop();
        others.forEach(node -> group.reconnect(node.number));
        nodes.commit(FEW);
        awaitMembers(ids(0, 1, 2), others.stream());

        // The fourth has the change in its log, which nobody else has. It is told so by a leader whose log was longer when it began.
        Node next = nodes.leader();
        assertThat(nodes.get(next.log().handOver(HAND_OVER_MILLIS))).isPresent();
        nodes.await("that another leads", () -> !next.leads && nodes.all().anyMatch(node -> node.leads));
        nodes.await("that it was not added", () -> group.notAdded(FOURTH) > 0);
        fourth.stop();
        fourth.startAgain();
        add(FOURTH);
        leader.startAgain();
        commitAndAwaitAll();
        awaitMembers(ids(0, 1, 2, FOURTH), nodes.all());
    }

    @Test
    void whoStartsAgainBelievesItsLogNotItsConfiguration() throws Exception {
        begin(3, 2);
        for (int number = 3; number < 5; number++) {
            nodes.join(nodes.get(number));
            add(number);
        }
        remove(0);
        remove(1);
        nodes.await("that both know", () -> nodes.get(0).failure != null && nodes.get(1).failure != null);
        commitAndAwaitAll();
        for (Node node : nodes.running().toList()) {
            node.log().releaseThrough(node.told);
        }
        List<Node> rest = List.of(nodes.get(2), nodes.get(3), nodes.get(4));
        for (Node node : nodes.all().toList()) {
            node.stop();
        }
        for (Node node : rest) {
            node.startAgain();
            assertThat(node.members()).isEqualTo(ids(2, 3, 4));
        }
        commitAndAwaitAll();

        // One loses its disk; what it is configured with has two that are gone.
        Node lost = nodes.get(2);
        nodes.loseEverything(lost);
        nodes.join(lost);
        assertThat(lost.members()).isEqualTo(ids(2, 3, 4));
        commitAndAwaitAll();
        nodes.other(lost).stop();
        commitAndAwaitAll();
    }
}
