package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.raft.RaftSettings.Peer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RaftSettingsTest {

    private static final List<Peer> PEERS = List.of(new Peer("a", "10.0.0.1", 7_000), new Peer("b", "10.0.0.2", 7_000),
            new Peer("c", "host", 7_000));

    private static RaftSettings with(String id, List<Peer> peers, int min, int max, long segment, long log, int entry) {
        return new RaftSettings(id, peers, Path.of("x"), new UUID(0, 1), min, max, segment, log, entry);
    }

    @Test
    void defaultsAllowWhatTheLogOnFilesAllows() {
        RaftSettings settings = RaftSettings.of("b", PEERS, Path.of("x"), new UUID(0, 1));
        assertThat(settings.maxEntryBytes()).isEqualTo(8 << 20);
        assertThat(settings.maxLogBytes()).isEqualTo(64L * (64 << 20));
        assertThat(settings.self().address()).isEqualTo("10.0.0.2:7000");
        assertThat(new Peer("v6", "::1", 1).address()).isEqualTo("[::1]:1");
    }

    @Test
    void saysWhatIsWrongAndWhatIsAllowed() {
        refused(() -> with("d", PEERS, 1_000, 2_000, 1 << 20, 1 << 30, 1 << 20), "id=d", "[a, b, c]");
        refused(() -> with("a", List.of(), 1_000, 2_000, 1 << 20, 1 << 30, 1 << 20), "peers=0", "from 1 to 9");
        refused(() -> with("a", List.of(PEERS.get(0), PEERS.get(0), PEERS.get(1)), 1_000, 2_000, 1 << 20, 1 << 30,
                1 << 20), "id=a", "unique");
        refused(() -> with("a", List.of(PEERS.get(0), PEERS.get(1), new Peer("c", "10.0.0.1", 7_000)), 1_000, 2_000,
                1 << 20, 1 << 30, 1 << 20), "10.0.0.1:7000", "unique");
        refused(() -> with("a", PEERS, 99, 2_000, 1 << 20, 1 << 30, 1 << 20), "minElectionMillis=99", "from 100");
        refused(() -> with("a", PEERS, 1_000, 1_000, 1 << 20, 1 << 30, 1 << 20), "maxElectionMillis=1000",
                "from 1001");
        refused(() -> with("a", PEERS, 1_000, 2_000, 1, 1 << 30, 1 << 20), "segmentBytes=1", "from 65536");
        refused(() -> with("a", PEERS, 1_000, 2_000, 1 << 20, 1 << 20, 1 << 20), "maxLogBytes=1048576", "from 4194304");
        refused(() -> with("a", PEERS, 1_000, 2_000, 1 << 20, 1 << 30, 1), "maxEntryBytes=1", "from 4096");
        refused(() -> new Peer("a/b", "h", 1), "id=a/b");
        refused(() -> new Peer("a", " ", 1), "host of peer a");
        refused(() -> new Peer("a", "h", 1, "http://h:1;"), "api of peer a");
        refused(() -> new Peer("a", "h", 0), "port of peer a=0", "from 1 to 65535");
    }

    private static void refused(Runnable making, String... what) {
        assertThatIllegalArgumentException().isThrownBy(making::run)
                .satisfies(e -> assertThat(e).hasMessageContainingAll(what));
    }
}
