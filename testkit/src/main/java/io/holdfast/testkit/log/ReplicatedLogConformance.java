package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ReplicatedLog} must do, whatever a group agrees by. A subclass makes the group. Whatever a test does, everything
 * that any node is told is held against the promises of the port, by {@link LogMember}.
 */
public abstract class ReplicatedLogConformance {

    static final int FEW = 5;
    private static final long SEED = 20_261_129;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private LogCluster cluster;

    /** New and empty. */
    protected abstract LogGroup newGroup(long seed) throws StorageException;

    /** Of the random walks. */
    protected abstract long[] seeds();

    /** How many steps each random walk takes. */
    protected abstract int steps();

    @BeforeEach
    void makeGroup() throws StorageException {
        cluster = new LogCluster(newGroup(SEED), random);
    }

    @AfterEach
    void endGroup() throws StorageException {
        cluster.end();
    }

    LogCluster cluster() {
        return cluster;
    }

    @Test
    void oneLeadsAndEveryNodeIsToldTheSame() throws StorageException {
        cluster.startAll();
        cluster.commit(FEW);
        cluster.awaitAllTold();
        assertThat(cluster.truth().last()).isEqualTo(FEW);
    }

    @Test
    void whatWasToldIsToldAgainAfterEverybodyStopped() throws StorageException {
        cluster.startAll();
        cluster.commit(FEW);
        cluster.awaitAllTold();
        for (LogMember member : cluster.members()) {
            member.stop();
        }
        cluster.startAll();
        cluster.awaitAllTold();
        cluster.commit(FEW);
        cluster.awaitAllTold();
    }

    @Test
    void whatWasToldSurvivesTheCrashOfEverybody() throws StorageException {
        for (int life = 0; life < 3; life++) {
            cluster.startAll();
            cluster.commit(FEW);
            cluster.propose(cluster.leader());
            for (LogMember member : cluster.members()) {
                member.crash();
            }
        }
        cluster.startAll();
        cluster.commit(1);
        cluster.awaitAllTold();
        assertThat(cluster.truth().last()).isBetween(3L * FEW + 1, 3L * FEW + 4);
    }

    @Test
    void payloadsOfAllSizesComeBackAsTheyWere() throws StorageException {
        cluster.startAll();
        if (!cluster.group().takesAnyBytes()) {
            cluster.commit(FEW);
            return;
        }
        int largest = cluster.leader().log().maxEntryBytes();
        for (int size : new int[]{0, 1, 4_096, 20_000, largest}) {
            cluster.proposeAndAwait(LogContents.randomPayload(random, size));
        }
        cluster.awaitAllTold();
        LogMember leads = cluster.leader();
        assertThatThrownBy(() -> leads.log().propose(leads.told() + 1,
                ByteBuffer.allocate(leads.log().maxEntryBytes() + 1)))
                .isInstanceOfSatisfying(StorageException.class,
                        e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.FULL));
    }

    @Test
    void restartGoesOnFromWhatWasReleased() throws StorageException {
        cluster.startAll();
        for (int round = 0; round < 3; round++) {
            cluster.commit(FEW);
            cluster.awaitAllTold();
            for (LogMember member : cluster.members()) {
                member.release(member.told() - round);
            }
            for (LogMember member : cluster.members()) {
                // The store may hold more than was released, never less.
                long after = round == 1 ? member.told() : member.released();
                if (round % 2 == 0) {
                    member.stop();
                } else {
                    member.crash();
                }
                member.start(after);
            }
            cluster.awaitAllTold();
        }
        cluster.commit(1);
        cluster.awaitAllTold();
    }

    @Test
    void whoeverLeadsGetsItsReadsConfirmed() throws StorageException {
        cluster.startAll();
        for (int i = 0; i < FEW; i++) {
            cluster.commit(1);
            List<LogMember.Read> reads = new ArrayList<>();
            for (int j = 0; j < 20; j++) {
                reads.add(cluster.leader().read());
            }
            cluster.await("answers", () -> reads.stream().allMatch(LogMember.Read::isAnswered));
            assertThat(reads).allMatch(LogMember.Read::isConfirmed);
        }
    }

    @Test
    void whatIsToldHoldsWhateverHappens() throws StorageException {
        for (long seed : seeds()) {
            LogWalk walk = new LogWalk(newGroup(seed), new SplittableRandom(seed));
            try {
                walk.run(steps());
            } catch (AssertionError | RuntimeException | StorageException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
