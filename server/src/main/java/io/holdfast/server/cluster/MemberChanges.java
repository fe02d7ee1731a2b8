package io.holdfast.server.cluster;

import io.holdfast.raft.RaftSettings;
import io.holdfast.server.config.ClusterConfig;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A node that changes who is in its group while it leads. Thread-safe. */
public interface MemberChanges {

    /** Completes with the members there are then; exceptionally with {@link io.holdfast.raft.MembersRefused}. */
    CompletableFuture<List<RaftSettings.Peer>> add(ClusterConfig.Member added);

    /** As {@link #add}; not the node itself. */
    CompletableFuture<List<RaftSettings.Peer>> remove(String id);

    /** Lets another node lead. Blocks for a few seconds at most. */
    void handOver() throws InterruptedException;
}
