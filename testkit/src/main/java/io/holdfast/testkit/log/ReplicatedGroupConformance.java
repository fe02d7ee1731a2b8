package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.engine.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link io.holdfast.engine.ReplicatedLog} of several nodes must do beside {@link ReplicatedLogConformance}. */
public abstract class ReplicatedGroupConformance extends ReplicatedLogConformance {

    @Test
    void whoeverFollowsGetsNoReadConfirmed() throws StorageException {
        cluster().startAll();
        cluster().commit(1);
        cluster().awaitAllTold();
        for (LogMember member : cluster().members()) {
            if (!member.leads()) {
                LogMember.Read read = member.read();
                cluster().await("an answer", read::isAnswered);
                assertThat(read.isConfirmed()).isFalse();
            }
        }
    }

    @Test
    void othersGoOnWithoutTheLeaderAndNothingToldIsLost() throws StorageException {
        cluster().startAll();
        cluster().commit(FEW);
        LogMember deposed = cluster().leader();
        cluster().propose(deposed);
        deposed.crash();
        cluster().commit(FEW);
        deposed.start(deposed.released());
        cluster().awaitAllTold();
        cluster().commit(1);
        cluster().awaitAllTold();
    }

    @Test
    void whoeverIsCutOffConfirmsAndCommitsNothing() throws StorageException {
        cluster().startAll();
        cluster().commit(FEW);
        LogMember cutOff = cluster().leader();
        LogMember.Read before = cutOff.read();
        cluster().await("an answer", before::isAnswered);
        cluster().group().isolate(cluster().members().indexOf(cutOff));
        long toldBefore = cluster().truth().last();
        cluster().propose(cutOff);
        List<LogMember.Read> reads = new ArrayList<>();
        // It does not know yet that it is cut off, and then it does not know that others lead.
        cluster().await("another leader that commits", () -> {
            if (cluster().group().nowMillis() % 3 == 0) {
                reads.add(cutOff.read());
            }
            cluster().proposeWhereFree(cutOff);
            return cluster().truth().last() >= toldBefore + FEW;
        });
        cluster().await("answers", () -> reads.stream().allMatch(LogMember.Read::isAnswered));
        cluster().await("that it knows", () -> !cutOff.leads());
        assertThat(cutOff.told()).isEqualTo(toldBefore);
        // Nobody can have told it that it still leads.
        assertThat(reads).isNotEmpty().noneMatch(LogMember.Read::isConfirmed);
        cluster().group().reconnect(cluster().members().indexOf(cutOff));
        cluster().awaitAllTold();
        cluster().commit(1);
        cluster().awaitAllTold();
    }

    @Test
    void nothingIsCommittedWithoutAMajority() throws StorageException {
        cluster().startAll();
        cluster().commit(FEW);
        cluster().awaitAllTold();
        LogMember left = cluster().leader();
        for (LogMember member : cluster().members()) {
            if (member != left) {
                member.crash();
            }
        }
        String doubtful = cluster().propose(left);
        cluster().await("that it knows", () -> !left.leads());
        LogMember.Read read = left.read();
        cluster().await("an answer", read::isAnswered);
        assertThat(read.isConfirmed()).isFalse();
        assertThat(cluster().truth().holds(doubtful)).isFalse();
        for (LogMember member : cluster().members()) {
            if (member != left) {
                member.start(0);
            }
        }
        cluster().commit(1);
        cluster().awaitAllTold();
    }

    @Test
    void whoeverIsTooFarBehindGetsACutAndCatchesUp() throws StorageException {
        cluster().startAll();
        cluster().commit(FEW);
        cluster().awaitAllTold();
        LogMember away = cluster().members().stream().filter(member -> !member.leads()).findFirst().orElseThrow();
        away.crash();
        for (int round = 0; round < 4; round++) {
            cluster().commit(cluster().group().entriesUntilReleased());
            for (LogMember member : cluster().members()) {
                if (member.isUp()) {
                    long last = cluster().truth().last();
                    cluster().await("that all are told", () -> member.told() == last);
                    member.release(last);
                }
            }
        }
        away.start(away.released());
        long wanted = cluster().truth().last();
        boolean[] installed = new boolean[1];
        cluster().await("that the one that was away catches up", () -> {
            installed[0] |= cluster().giveCuts();
            return away.isUp() && away.told() >= wanted;
        });
        assertThat(installed[0]).as("a cut was needed").isTrue();
        cluster().commit(FEW);
        cluster().awaitAllTold();
        // And it goes on from there in its next life.
        away.crash();
        away.start(away.released());
        cluster().commit(1);
        cluster().awaitAllTold();
    }
}
