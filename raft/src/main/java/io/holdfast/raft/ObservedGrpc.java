package io.holdfast.raft;

import java.util.List;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * The gRPC of Ratis, with {@link ReadConfirmations} hearing what the peers of a leader answer. Public because Ratis makes it by its
 * name.
 */
public final class ObservedGrpc implements RpcType {

    private static final String OBSERVER = "holdfast.raft.confirmations";

    /** Called by Ratis. */
    public ObservedGrpc() {
    }

    static void setObserver(Parameters parameters, ReadConfirmations observer) {
        parameters.put(OBSERVER, observer, ReadConfirmations.class);
    }

    @Override
    public String name() {
        return ObservedGrpc.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        ReadConfirmations observer = parameters.getNonNull(OBSERVER, ReadConfirmations.class);
        return new GrpcFactory(parameters) {
            @Override
            public LogAppender newLogAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
                LogAppender appender = new GrpcLogAppender(server, new ObservedLeader(state, observer), follower);
                observer.appender(appender);
                return appender;
            }
        };
    }

    /** Hands everything on, and answers to the observer as well. */
    private record ObservedLeader(LeaderState leader, ReadConfirmations observer) implements LeaderState {

        @Override
        public void restart(LogAppender appender) {
            leader.restart(appender);
        }

        @Override
        public AppendEntriesRequestProto newAppendEntriesRequestProto(FollowerInfo follower,
                List<LogEntryProto> entries, TermIndex previous, long callId) {
            return leader.newAppendEntriesRequestProto(follower, entries, previous, callId);
        }

        @Override
        public void checkHealth(FollowerInfo follower) {
            leader.checkHealth(follower);
        }

        @Override
        public boolean onFollowerTerm(FollowerInfo follower, long followerTerm) {
            return leader.onFollowerTerm(follower, followerTerm);
        }

        @Override
        public void onFollowerCommitIndex(FollowerInfo follower, long commitIndex) {
            leader.onFollowerCommitIndex(follower, commitIndex);
        }

        @Override
        public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
            leader.onFollowerSuccessAppendEntries(follower);
        }

        @Override
        public boolean isFollowerBootstrapping(FollowerInfo follower) {
            return leader.isFollowerBootstrapping(follower);
        }

        @Override
        public void onAppendEntriesReply(LogAppender appender, AppendEntriesReplyProto reply) {
            leader.onAppendEntriesReply(appender, reply);
            observer.reply(appender, reply);
        }
    }
}
