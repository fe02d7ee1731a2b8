package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.StorageException;
import java.nio.file.Path;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is no peer can neither write nor give orders. */
class PeersOnlyTest {

    @TempDir
    Path directory;

    @Test
    void clientsOfRatisAreRefused() throws Exception {
        RatisGroup group = new RatisGroup(1, directory, 1);
        RaftSettings settings = group.settings(0);
        try (RaftLog log = new RaftLog(settings, (leader, firstIndex) -> {
        });
                RaftClient client = RaftClient.newBuilder().setProperties(new RaftProperties())
                        .setRetryPolicy(RetryPolicies.noRetry()).setRaftGroup(groupOf(settings)).build()) {
            recover(log);
            assertThatThrownBy(() -> client.io().send(Message.valueOf("mine"))).hasStackTraceContaining("for peers");
            assertThatThrownBy(
                    () -> client.getGroupManagementApi(groupOf(settings).getPeers().iterator().next().getId())
                            .remove(RaftGroupId.valueOf(settings.group()), true, false))
                    .hasStackTraceContaining("for peers");
        }
    }

    private static void recover(RaftLog log) throws StorageException {
        log.recover(0, (sequence, payload) -> {
        });
    }

    private static RaftGroup groupOf(RaftSettings settings) {
        return RaftGroup.valueOf(RaftGroupId.valueOf(settings.group()), settings.peers().stream()
                .map(peer -> RaftPeer.newBuilder().setId(peer.id()).setAddress(peer.address()).build()).toList());
    }
}
