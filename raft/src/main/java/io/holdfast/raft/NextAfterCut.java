package io.holdfast.raft;

import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;

/**
 * Lets a follower whose log begins after a cut ask for what comes after it. Ratis asks for the entry that the leader has tried, which
 * is before the cut; a leader that remembers that this node once had it tries the same again for ever (ADR 0011, finding 16). What a
 * cut holds is committed, so nothing before it can be missing.
 */
final class NextAfterCut implements ServerInterceptor {

    private final LongSupplier cutIndex;

    /** @param cutIndex the last entry of the group that the store holds */
    NextAfterCut(LongSupplier cutIndex) {
        this.cutIndex = cutIndex;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        return next.startCall(new SimpleForwardingServerCall<Q, A>(call) {
            @Override
            @SuppressWarnings("unchecked") // the same type as before
            public void sendMessage(A message) {
                super.sendMessage(message instanceof AppendEntriesReplyProto reply ? (A) behindCut(reply) : message);
            }
        }, headers);
    }

    private AppendEntriesReplyProto behindCut(AppendEntriesReplyProto reply) {
        long afterCut = cutIndex.getAsLong() + 1;
        return reply.getResult() == AppendResult.INCONSISTENCY && reply.getNextIndex() < afterCut
                ? reply.toBuilder().setNextIndex(afterCut).build()
                : reply;
    }
}
