package io.holdfast.raft;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.raft.RaftSettings.Peer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.retry.MultipleLinearRandomRetry;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatisPropertiesTest {

    private static final int ATTEMPTS_OF_AN_HOUR = 14_400;

    @TempDir
    private Path directory;

    @Test
    void aFollowerNoticesWithinTheTimesThatAreSet() throws Exception {
        assertThat(periods(1_000, 2_000)).containsExactly(1_000, 1_250);
        assertThat(periods(300, 2_000)).containsExactly(300, 1_000);
        assertThat(periods(100, 101)).containsExactly(100, 101);
    }

    private List<Integer> periods(int minElection, int maxElection) throws Exception {
        RaftProperties properties = properties(minElection, maxElection);
        return List.of(RaftServerConfigKeys.Rpc.timeoutMin(properties).toIntExact(MILLISECONDS),
                RaftServerConfigKeys.Rpc.timeoutMax(properties).toIntExact(MILLISECONDS));
    }

    @Test
    void aPeerThatWasAwayForLongIsStillTriedWithinAHeartbeat() throws Exception {
        var policy = MultipleLinearRandomRetry
                .parseCommaSeparated(RaftServerConfigKeys.Log.Appender.retryPolicy(properties(1_000, 2_000)));
        for (int attempt : List.of(1, 20, ATTEMPTS_OF_AN_HOUR, Integer.MAX_VALUE)) {
            var next = policy.handleAttemptFailure(() -> attempt);
            assertThat(next.shouldRetry()).as("attempt %s", attempt).isTrue();
            assertThat(next.getSleepTime().toLong(MILLISECONDS)).as("attempt %s", attempt)
                    .isBetween(1L, 500L);
        }
    }

    private RaftProperties properties(int minElection, int maxElection) throws Exception {
        List<Peer> peers = List.of(new Peer("a", "127.0.0.1", 7_000), new Peer("b", "127.0.0.1", 7_001));
        RaftSettings settings = new RaftSettings("a", peers, directory, new UUID(0, 1), minElection, maxElection,
                1 << 20,
                1 << 30, 1 << 20);
        try (RaftDirectory held = RaftDirectory.open(settings)) {
            return RatisProperties.of(settings, held, false);
        }
    }
}
