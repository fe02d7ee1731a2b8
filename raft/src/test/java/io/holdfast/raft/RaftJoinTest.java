package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that has lost its log begins anew, and a leader that goes hands over. Three nodes in this process. */
class RaftJoinTest {

    private static final int HAND_OVER_MILLIS = 2_000;
    private static final int FEW = 5;

    @TempDir
    Path directory;

    private RatisGroup group;
    private RaftNodes nodes;

    @BeforeEach
    void start() throws StorageException {
        group = new RatisGroup(3, directory, 7);
        nodes = new RaftNodes(group);
        for (int node = 0; node < 3; node++) {
            nodes.get(node).start(0);
        }
    }

    @AfterEach
    void stop() throws StorageException {
        nodes.close();
    }

    @Test
    void nodeThatLostItsLogBeginsWithTheCutOfTheLeaderAndIsAVoterAgain() throws Exception {
        nodes.commit(FEW);
        RaftNodes.Node leader = nodes.leader();
        List<RaftNodes.Node> followers = nodes.all().filter(member -> member != leader).toList();
        RaftNodes.Node lost = followers.getFirst();
        nodes.loseEverything(lost);
        assertThat(RaftLog.isNew(group.settings(lost.number))).isTrue();
        nodes.commit(FEW);
        RaftNodes.Node led = nodes.leader();

        Mark mark = nodes.get(led.log().mark());
        assertThat(mark.leader()).isEqualTo(led.id());
        assertThat(mark.sequence()).isGreaterThanOrEqualTo(2 * FEW);
        Cut cut = nodes.cutOf(led, mark);
        RaftLog.join(group.settings(lost.number), cut, mark);
        // As a process does that died on the way.
        RaftLog.join(group.settings(lost.number), cut, mark);
        assertThat(RaftLog.isNew(group.settings(lost.number))).isFalse();
        lost.start(cut.sequence());
        nodes.commit(FEW);
        nodes.await("that it catches up", () -> lost.told >= cut.sequence() + FEW);

        // Without it there is no majority now.
        followers.getLast().stop();
        nodes.commit(FEW);
        nodes.await("that it has everything", () -> nodes.running()
                .allMatch(member -> member.told >= cut.sequence() + 2 * FEW));
        lost.stop();
        lost.start(cut.sequence());
        nodes.commit(1);
    }

    @Test
    void nobodyCanBeginAnewOnALogThatIsThere() throws Exception {
        nodes.commit(FEW);
        RaftNodes.Node leader = nodes.leader();
        Mark mark = nodes.get(leader.log().mark());
        Cut cut = nodes.cutOf(leader, mark);
        RaftNodes.Node other = nodes.all().filter(member -> member != leader).findFirst().orElseThrow();
        other.stop();
        assertThat(RaftLog.isNew(group.settings(other.number))).isFalse();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> RaftLog.join(group.settings(other.number), cut, mark))
                .satisfies(refused -> assertThat(refused.kind()).isEqualTo(Kind.DAMAGED))
                .withMessageContaining("a log of this node already");
        nodes.loseEverything(other);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RaftLog.join(group.settings(other.number),
                        Cut.nothing(Members.founding(group.settings(0).peers())), mark))
                .withMessageContaining("are needed");
    }

    @Test
    void directoryOfAnotherLogIsNoNewNode() throws Exception {
        RaftNodes.Node one = nodes.get(0);
        nodes.loseEverything(one);
        Path directoryOfOne = group.settings(one.number).directory();
        Files.createDirectories(directoryOfOne);
        Files.writeString(directoryOfOne.resolve("0000000001.log"), "of a server that was alone");
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> RaftLog.isNew(group.settings(one.number)))
                .withMessageContaining("0000000001.log");
    }

    @Test
    void nobodyGetsAMarkWithoutAMajority() throws Exception {
        nodes.commit(FEW);
        RaftNodes.Node leader = nodes.leader();
        for (RaftNodes.Node member : nodes.all().toList()) {
            if (member != leader) {
                member.stop();
            }
        }
        CompletableFuture<Mark> asked = leader.log().mark();
        nodes.await("a refusal", asked::isDone);
        assertThat(asked).isCompletedExceptionally();
    }

    @Test
    void leaderHandsOver() throws Exception {
        nodes.commit(FEW);
        RaftNodes.Node leader = nodes.leader();
        RaftNodes.Node follower = nodes.all().filter(member -> member != leader).findFirst().orElseThrow();
        assertThat(nodes.get(follower.log().handOver(HAND_OVER_MILLIS))).isEmpty();
        Optional<String> next = nodes.get(leader.log().handOver(HAND_OVER_MILLIS));
        assertThat(next).isPresent();
        nodes.await("that it leads no more", () -> !leader.leads);
        assertThat(group.settings(nodes.leader().number).id()).isEqualTo(next.get());
        nodes.commit(FEW);
    }
}
