package io.holdfast.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.jspecify.annotations.Nullable;

/**
 * What Ratis calls its state machine: it counts the entries of the engine in the order in which the group has committed them, and
 * queues them for their owner. Ratis applies them on one thread; what else it tells comes on others.
 */
final class GroupLog extends BaseStateMachine {

    /** What it tells beside the entries. Called on threads of Ratis, which must not be held up. */
    interface Listener {

        /** This node leads, and has applied everything of the leaders before. */
        void ready();

        /** This node leads no more. */
        void deposed();

        /** Another node leads, or this one. */
        void leaderChanged(String leader);

        /** More was queued. */
        void applied();

        /** A barrier of this life of this node was committed; {@code sequence} is the engine's last entry before it. */
        void barrier(long number, TermIndex at, long sequence);

        /** The leader lacks what this node needs. */
        void cutNeeded(String leader, long firstIndex);

        /** Others are members from now on; it is committed. */
        void membersChanged(Members members);

        /** The others do not know this node any more, or not yet; Ratis has ended. */
        void dismissed();

        /** Ratis has ended, for whatever reason. */
        void ended();

        /** This node has to end. */
        void failed(String what, @Nullable Throwable cause);
    }

    private static final CompletableFuture<Message> APPLIED = CompletableFuture.completedFuture(Message.EMPTY);

    private final EventQueue events;
    private final Positions positions;
    private final ClientId client;
    private final long life;
    private final long toldThrough;
    private final Listener listener;
    private volatile Cut cut;
    private volatile long appliedSequence;
    private volatile long appliedIndex;
    private boolean cutNeeded;
    /** What was told of an entry of that index, which may not be committed: Ratis tells it also of what a leader only has. */
    private final NavigableMap<Long, Members> announced = new TreeMap<>();
    /** By the index of the entry, from the one that holds at the cut on. */
    private final NavigableMap<Long, Members> members = new TreeMap<>();

    /** @param toldThrough entries up to this one are counted, not told */
    GroupLog(Cut cut, long toldThrough, ClientId client, long life, EventQueue events, Positions positions,
            Listener listener) {
        this.cut = cut;
        this.toldThrough = toldThrough;
        this.client = client;
        this.life = life;
        this.events = events;
        this.positions = positions;
        this.listener = listener;
        this.members.put(cut.members().index(), cut.members());
        this.appliedSequence = cut.sequence();
        this.appliedIndex = cut.index();
        setLastAppliedTermIndex(TermIndex.valueOf(cut.term(), cut.index()));
    }

    /** The last of the engine's entries that was queued. */
    long appliedSequence() {
        return appliedSequence;
    }

    /** The last entry of the group that was looked at. */
    long appliedIndex() {
        return appliedIndex;
    }

    /** The last entry of the group that the store holds; -1 for none. */
    long cutIndex() {
        return cut.index();
    }

    /** From now on this is what the store holds. */
    void released(Cut released) {
        cut = released;
        synchronized (members) {
            members.headMap(members.floorKey(released.index()), false).clear();
        }
    }

    /** Who the members are at an entry that was looked at, and is not before the cut. */
    Members membersAt(long index) {
        synchronized (members) {
            return members.floorEntry(index).getValue();
        }
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto entry) {
        synchronized (members) {
            announced.put(index, Members.of(term, index, entry));
        }
    }

    private void committedMembers(long term, long index) {
        Members committed;
        synchronized (members) {
            committed = announced.get(index);
            announced.headMap(index, true).clear();
            if (committed == null || committed.term() != term) {
                return;
            }
            members.put(index, committed);
        }
        listener.membersChanged(committed);
    }

    /** To Ratis a cut is a snapshot without files. */
    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        Cut latest = cut;
        return latest.index() < 0 ? null : new CutSnapshot(TermIndex.valueOf(latest.term(), latest.index()));
    }

    private record CutSnapshot(TermIndex termIndex) implements SnapshotInfo {

        @Override
        public TermIndex getTermIndex() {
            return termIndex;
        }

        @Override
        public List<FileInfo> getFiles() {
            return List.of();
        }
    }

    /** Nobody else's entries: others would not understand them. */
    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        if (!request.getClientId().equals(client)) {
            throw new IOException("entries come from the node itself only, not from " + request.getClientId());
        }
        return super.startTransaction(request);
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        ByteBuffer payload = entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
        int bytes = payload.remaining();
        EntryHeader header = EntryHeader.read(payload);
        switch (header.kind()) {
            case PAYLOAD -> payload(header, entry, bytes, payload);
            case BARRIER -> {
                if (header.life() == life) {
                    events.barrier(header.number());
                    listener.barrier(header.number(), TermIndex.valueOf(entry.getTerm(), entry.getIndex()),
                            appliedSequence);
                }
            }
        }
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        applied(entry.getIndex());
        return APPLIED;
    }

    private void payload(EntryHeader header, LogEntryProto entry, int bytes, ByteBuffer payload) {
        long sequence = appliedSequence + 1;
        positions.add(sequence, entry.getTerm(), entry.getIndex(), bytes);
        if (sequence > toldThrough) {
            try {
                events.entry(new EventQueue.Event.Entry(sequence, header.life(), header.number(), payload.slice()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted before entry " + sequence + " was queued", e);
            }
        }
        appliedSequence = sequence;
    }

    private void applied(long index) {
        appliedIndex = index;
        listener.applied();
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        super.notifyTermIndexUpdated(term, index);
        committedMembers(term, index);
        applied(index);
    }

    @Override
    public void notifyLeaderReady() {
        listener.ready();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pendingEntries) {
        listener.deposed();
    }

    /** Not told when nobody leads. */
    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        listener.leaderChanged(leader.toString());
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
        listener.failed(failedEntry == null
                ? "a file cannot be written"
                : "entry " + failedEntry.getIndex() + " of the group cannot be written", cause);
    }

    /** Never completes: a node that lacks entries starts anew, with a newer cut. */
    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstAvailable) {
        synchronized (this) {
            if (cutNeeded) {
                return new CompletableFuture<>();
            }
            cutNeeded = true;
        }
        // A node that is about to be added has no such info.
        listener.cutNeeded(role.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8(),
                firstAvailable.getIndex());
        return new CompletableFuture<>();
    }

    /** Called when this part of the group has ended, after {@link #close}. */
    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean wholeServer) {
        if (!wholeServer) {
            listener.dismissed();
        }
    }

    /** Called when Ratis ends, be it that it was told to or that it gave up. */
    @Override
    public void close() {
        listener.ended();
    }

    /** Not for Ratis to take. */
    @Override
    public long takeSnapshot() {
        return cut.index();
    }

}
