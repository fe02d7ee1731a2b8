package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that has lost its log begins anew, and a leader that goes hands over. Three nodes in this process. */
class RaftJoinTest {

    private static final int PATIENCE_SECONDS = 60;
    private static final int HAND_OVER_MILLIS = 2_000;
    private static final int FEW = 5;

    @TempDir
    Path directory;

    private RatisGroup group;
    private final List<Member> members = new ArrayList<>();

    /** One node and what it was told. */
    private final class Member {
        final int node;
        @Nullable
        RaftLog log;
        boolean leads;
        boolean waits;
        long told;

        Member(int node) {
            this.node = node;
        }

        void start(long after) throws StorageException {
            log = (RaftLog) group.open(node);
            leads = false;
            waits = false;
            told = log.recover(after, (sequence, payload) -> told = sequence);
        }

        void stop() throws StorageException {
            if (log != null) {
                log.close();
                log = null;
                leads = false;
            }
        }

        void poll() throws StorageException {
            if (log == null) {
                return;
            }
            for (ReplicatedLog.Event event = log.take(); event != null; event = log.take()) {
                switch (event) {
                    case ReplicatedLog.Event.Committed committed -> {
                        told = committed.sequence();
                        waits &= !committed.own();
                    }
                    case ReplicatedLog.Event.Leads leading -> leads = true;
                    case ReplicatedLog.Event.Follows following -> {
                        leads = false;
                        waits = false;
                    }
                }
            }
        }

        RaftLog log() {
            return Objects.requireNonNull(log);
        }
    }

    private interface Condition {
        boolean holds() throws StorageException;
    }

    @BeforeEach
    void start() throws StorageException {
        group = new RatisGroup(3, directory, 7);
        for (int node = 0; node < 3; node++) {
            members.add(new Member(node));
            members.get(node).start(0);
        }
    }

    @AfterEach
    void stop() throws StorageException {
        for (Member member : members) {
            member.stop();
        }
        group.close();
    }

    private void await(String what, Condition condition) throws StorageException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(deadline);
            for (Member member : members) {
                member.poll();
            }
            assertThat(never.await(2, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    private Member leader() throws Exception {
        await("a leader", () -> members.stream().anyMatch(member -> member.leads));
        return members.stream().filter(member -> member.leads).findFirst().orElseThrow();
    }

    /** Gets entries committed by whoever leads. */
    private void commit(int count) throws Exception {
        long wanted = members.stream().mapToLong(member -> member.told).max().orElseThrow() + count;
        await(count + " entries", () -> {
            for (Member member : members) {
                if (member.leads && !member.waits) {
                    member.waits = true;
                    member.log().propose(member.told + 1, ByteBuffer.wrap(new byte[]{1, 2, 3}));
                }
            }
            return members.stream().anyMatch(member -> member.told >= wanted);
        });
    }

    private void loseEverything(Member member) throws IOException, StorageException {
        member.stop();
        try (Stream<Path> files = Files.walk(group.settings(member.node).directory())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private <T> T get(CompletableFuture<T> told) throws Exception {
        await("an answer", told::isDone);
        return told.get();
    }

    /** Releases everything the leader was told, as when its store holds it. */
    private Cut cutOf(Member leader, Mark mark) throws Exception {
        await("that the leader is told", () -> leader.told >= mark.sequence());
        leader.log().releaseThrough(leader.told);
        return leader.log().lastCut();
    }

    @Test
    void nodeThatLostItsLogBeginsWithTheCutOfTheLeaderAndIsAVoterAgain() throws Exception {
        commit(FEW);
        Member leader = leader();
        List<Member> followers = members.stream().filter(member -> member != leader).toList();
        Member lost = followers.getFirst();
        loseEverything(lost);
        assertThat(RaftLog.isNew(group.settings(lost.node))).isTrue();
        commit(FEW);
        Member led = leader();

        Mark mark = get(led.log().mark());
        assertThat(mark.leader()).isEqualTo(group.settings(led.node).id());
        assertThat(mark.sequence()).isGreaterThanOrEqualTo(2 * FEW);
        Cut cut = cutOf(led, mark);
        RaftLog.join(group.settings(lost.node), cut, mark);
        // As a process does that died on the way.
        RaftLog.join(group.settings(lost.node), cut, mark);
        assertThat(RaftLog.isNew(group.settings(lost.node))).isFalse();
        lost.start(cut.sequence());
        commit(FEW);
        await("that it catches up", () -> lost.told >= cut.sequence() + FEW);

        // Without it there is no majority now.
        followers.getLast().stop();
        commit(FEW);
        await("that it has everything", () -> members.stream().filter(member -> member.log != null)
                .allMatch(member -> member.told >= cut.sequence() + 2 * FEW));
        lost.stop();
        lost.start(cut.sequence());
        commit(1);
    }

    @Test
    void nobodyCanBeginAnewOnALogThatIsThere() throws Exception {
        commit(FEW);
        Member leader = leader();
        Mark mark = get(leader.log().mark());
        Cut cut = cutOf(leader, mark);
        Member other = members.stream().filter(member -> member != leader).findFirst().orElseThrow();
        other.stop();
        assertThat(RaftLog.isNew(group.settings(other.node))).isFalse();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> RaftLog.join(group.settings(other.node), cut, mark))
                .satisfies(refused -> assertThat(refused.kind()).isEqualTo(Kind.DAMAGED))
                .withMessageContaining("a log of this node already");
        loseEverything(other);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RaftLog.join(group.settings(other.node), Cut.NOTHING, mark))
                .withMessageContaining("are needed");
    }

    @Test
    void directoryOfAnotherLogIsNoNewNode() throws Exception {
        Member one = members.getFirst();
        loseEverything(one);
        Path directoryOfOne = group.settings(one.node).directory();
        Files.createDirectories(directoryOfOne);
        Files.writeString(directoryOfOne.resolve("0000000001.log"), "of a server that was alone");
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> RaftLog.isNew(group.settings(one.node)))
                .withMessageContaining("0000000001.log");
    }

    @Test
    void nobodyGetsAMarkWithoutAMajority() throws Exception {
        commit(FEW);
        Member leader = leader();
        for (Member member : members) {
            if (member != leader) {
                member.stop();
            }
        }
        CompletableFuture<Mark> asked = leader.log().mark();
        await("a refusal", asked::isDone);
        assertThat(asked).isCompletedExceptionally();
    }

    @Test
    void leaderHandsOver() throws Exception {
        commit(FEW);
        Member leader = leader();
        Member follower = members.stream().filter(member -> member != leader).findFirst().orElseThrow();
        assertThat(get(follower.log().handOver(HAND_OVER_MILLIS))).isEmpty();
        Optional<String> next = get(leader.log().handOver(HAND_OVER_MILLIS));
        assertThat(next).isPresent();
        await("that it leads no more", () -> !leader.leads);
        assertThat(group.settings(leader().node).id()).isEqualTo(next.get());
        commit(FEW);
    }
}
