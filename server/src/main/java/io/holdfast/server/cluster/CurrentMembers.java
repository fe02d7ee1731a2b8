package io.holdfast.server.cluster;

import io.holdfast.raft.RaftSettings;
import io.holdfast.server.config.ClusterConfig;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is in the group as this node knows: those of its log as soon as it has one. The configured ones are whom a node without a log
 * asks first. Thread-safe.
 */
public final class CurrentMembers {

    private static final Logger LOG = LoggerFactory.getLogger(CurrentMembers.class);

    private final ClusterConfig config;
    private volatile List<ClusterConfig.Member> members;
    private volatile boolean areTold;
    private volatile List<ClusterConfig.Member> warnedOf = List.of();

    public CurrentMembers(ClusterConfig config) {
        this.config = config;
        this.members = config.members();
    }

    /** All of them. */
    public List<ClusterConfig.Member> all() {
        return members;
    }

    /** The one of that id; nobody if it is no member, or not any more. */
    public Optional<ClusterConfig.Member> find(String id) {
        return members.stream().filter(member -> member.id().equals(id)).findFirst();
    }

    /** Whether the log of this node has said who the members are, and this node is none of them. */
    public boolean lacksSelf() {
        return areTold && find(config.node()).isEmpty();
    }

    /** The log of this node says who they are. */
    public void told(List<RaftSettings.Peer> peers) {
        List<ClusterConfig.Member> now = peers.stream().map(CurrentMembers::member).toList();
        members = now;
        areTold = true;
        if (!new HashSet<>(now).equals(new HashSet<>(config.members())) && !now.equals(warnedOf)) {
            warnedOf = now;
            LOG.atWarn().addKeyValue("members", text(now)).addKeyValue("configured", text(config.members()))
                    .log("cluster.members is not what the group has agreed on, which counts: change the configuration");
        }
    }

    private static ClusterConfig.Member member(RaftSettings.Peer peer) {
        return new ClusterConfig.Member(peer.id(), peer.host(), peer.port(), URI.create(peer.api()));
    }

    /** As the log has it. */
    public static RaftSettings.Peer peer(ClusterConfig.Member member) {
        return new RaftSettings.Peer(member.id(), member.logHost(), member.logPort(), member.api().toString());
    }

    /** As in a configuration, with semicolons between them. */
    static String text(List<ClusterConfig.Member> members) {
        return String.join("; ", members.stream().map(ClusterConfig.Member::text).sorted().toList());
    }
}
