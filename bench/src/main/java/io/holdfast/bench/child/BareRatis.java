package io.holdfast.bench.child;

import io.holdfast.raft.RaftSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/**
 * The floor of a group: one peer of Apache Ratis with a state machine that does nothing. Callers copy records into a buffer; what has
 * gathered becomes one entry of the group, one at a time as in the product, and when a majority has synced it all its callers are woken
 * with one future. Every entry is synced as in the product. Thread-safe.
 */
final class BareRatis implements AutoCloseable {

    private static final int FIRST_BUFFER_BYTES = 64 << 10;
    private static final int RETRY_CACHE_MILLIS = 1_000;
    private static final long PREALLOCATED_BYTES = 4L << 20;

    private final RaftServer server;
    private final RaftPeerId self;
    private final RaftGroupId group;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong numbers = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private ByteBuffer filling = ByteBuffer.allocate(FIRST_BUFFER_BYTES);
    private CompletableFuture<@Nullable Void> batch = new CompletableFuture<>();
    private boolean inFlight;

    BareRatis(RaftSettings settings) throws IOException {
        self = RaftPeerId.valueOf(settings.id());
        group = RaftGroupId.valueOf(settings.group());
        RaftGroup peers = RaftGroup.valueOf(group, settings.peers().stream().map(
                peer -> RaftPeer.newBuilder().setId(peer.id()).setAddress(peer.host() + ":" + peer.port()).build())
                .toList());
        server = RaftServer.newBuilder().setServerId(self).setGroup(peers).setStateMachine(new Nothing())
                .setProperties(properties(settings)).build();
        server.start();
    }

    /** As the product has them where they cost or spare something, else as Ratis has them. */
    private static RaftProperties properties(RaftSettings settings) {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(properties, List.of(settings.directory().toFile()));
        RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
        int port = settings.peers().stream().filter(peer -> peer.id().equals(settings.id())).findFirst().orElseThrow()
                .port();
        GrpcConfigKeys.Server.setHost(properties, "127.0.0.1");
        GrpcConfigKeys.Server.setPort(properties, port);
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(settings.minElectionMillis()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(settings.maxElectionMillis()));
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(settings.segmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf(PREALLOCATED_BYTES));
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        // Otherwise every commit appends and syncs another entry.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, millis(RETRY_CACHE_MILLIS));
        return properties;
    }

    private static TimeDuration millis(int millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }

    private static final class Nothing extends BaseStateMachine {
        private static final CompletableFuture<Message> DONE = CompletableFuture.completedFuture(Message.EMPTY);

        @Override
        public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
            updateLastAppliedTermIndex(transaction.getLogEntry().getTerm(), transaction.getLogEntry().getIndex());
            return DONE;
        }
    }

    boolean leads() throws IOException {
        return server.getDivision(group).getInfo().isLeaderReady();
    }

    /**
     * Returns when a majority has synced the record.
     *
     * @throws java.util.concurrent.CompletionException if nobody knows what became of it
     */
    void append(byte[] record) {
        CompletableFuture<@Nullable Void> mine;
        boolean sends;
        lock.lock();
        try {
            if (filling.remaining() < Integer.BYTES + record.length) {
                filling = ByteBuffer.allocate(filling.capacity() * 2).put(filling.flip());
            }
            filling.putInt(record.length).put(record);
            mine = batch;
            sends = !inFlight;
            inFlight = true;
        } finally {
            lock.unlock();
        }
        if (sends) {
            sendWhatWaits();
        }
        mine.join();
    }

    /** To be called by whoever has the one that may be in flight; nobody has it any more if nothing waits. */
    private void sendWhatWaits() {
        ByteString entry;
        CompletableFuture<@Nullable Void> full;
        lock.lock();
        try {
            if (filling.position() == 0) {
                inFlight = false;
                return;
            }
            entry = UnsafeByteOperations.unsafeWrap(filling.flip());
            filling = ByteBuffer.allocate(filling.capacity());
            full = batch;
            batch = new CompletableFuture<>();
        } finally {
            lock.unlock();
        }
        RaftClientRequest request = RaftClientRequest.newBuilder().setClientId(client).setServerId(self)
                .setGroupId(group).setCallId(numbers.incrementAndGet()).setMessage(Message.valueOf(entry))
                .setType(RaftClientRequest.writeRequestType()).build();
        CompletableFuture<RaftClientReply> replied;
        try {
            replied = server.submitClientRequestAsync(request);
        } catch (IOException e) {
            replied = CompletableFuture.failedFuture(e);
        }
        var unused = replied.whenComplete((reply, failure) -> {
            sendWhatWaits();
            if (failure != null) {
                full.completeExceptionally(failure);
            } else if (!reply.isSuccess()) {
                full.completeExceptionally(reply.getException());
            } else {
                full.complete(null);
            }
        });
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
