package io.holdfast.raft;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether this node still leads, by asking the others: it does if a majority accepts a message of its term that was made
 * after the question had come. Whoever asks while one round is under way waits for the next.
 * <p>
 * Ratis has linearizable reads of its own, but answers them without asking anybody while its commit index has not moved since the
 * last time it asked, so that a leader that was cut off or stood still answers what is stale. Thread-safe.
 */
final class ReadConfirmations {

    private static final long NOBODY_KNOWS = -1;

    /** What it has to know of this node's part of the group. */
    interface Member {

        /** The time of leading that lasts; {@link EventQueue#NONE} for none. */
        long leadership();

        /** The last entry of the group's log that is known to be committed. */
        long committedIndex();

        /** The last entry of the group's log that was queued for the owner. */
        long appliedIndex();

        /** The last of the engine's entries among those. */
        long appliedSequence();

        RaftConfiguration configuration();

        RaftPeerId self();
    }

    private final Member member;
    private final ScheduledExecutorService timer;
    private final long timeoutMillis;
    private final Map<RaftPeerId, LogAppender> appenders = new HashMap<>();
    private List<LongConsumer> waiting = new ArrayList<>();
    /** Looked at without a lock on the way of each entry. */
    private volatile @Nullable Round round;
    private boolean closed;

    private final class Round {
        final List<LongConsumer> asking;
        final long leadership;
        final long committedIndex;
        final Map<RaftPeerId, Asked> asked = new HashMap<>();
        final Set<RaftPeerId> accepted = new HashSet<>();
        boolean majority;

        Round(List<LongConsumer> asking, long leadership, long committedIndex) {
            this.asking = asking;
            this.leadership = leadership;
            this.committedIndex = committedIndex;
        }
    }

    /** Messages of the appender from that number on were made after the question had come. */
    private record Asked(LogAppender appender, long firstCall) {}

    ReadConfirmations(Member member, ScheduledExecutorService timer, long timeoutMillis) {
        this.member = member;
        this.timer = timer;
        this.timeoutMillis = timeoutMillis;
    }

    /** As {@link io.holdfast.engine.ReplicatedLog#confirmRead}. */
    void confirm(LongConsumer told) {
        boolean refused;
        synchronized (this) {
            refused = closed || member.leadership() == EventQueue.NONE;
            if (!refused) {
                waiting.add(told);
            }
        }
        if (refused) {
            told.accept(NOBODY_KNOWS);
        } else {
            goOn();
        }
    }

    /** Ratis sends to that peer by this appender from now on. */
    synchronized void appender(LogAppender appender) {
        appenders.put(appender.getFollowerId(), appender);
        Round open = round;
        if (open != null) {
            open.asked.put(appender.getFollowerId(), new Asked(appender, appender.getCallId()));
            // It beats by itself as soon as it has started.
        }
    }

    /** A peer has answered. */
    void reply(LogAppender appender, AppendEntriesReplyProto reply) {
        synchronized (this) {
            Round open = round;
            Asked asked = open == null ? null : open.asked.get(appender.getFollowerId());
            if (open == null || asked == null || !asked.appender.equals(appender)) {
                return;
            }
            boolean late = reply.getServerReply().getCallId() < asked.firstCall;
            if (late) {
                // The beat that was asked for may have been taken for one that was being sent just then.
                appender.triggerHeartbeat();
                return;
            }
            if (!reply.getServerReply().getSuccess()) {
                return;
            }
            if (!open.accepted.add(appender.getFollowerId()) || open.majority) {
                return;
            }
            open.majority = isMajority(open.accepted);
        }
        goOn();
    }

    /** More was queued for the owner, or a time of leading has ended. */
    void changed() {
        if (round != null) {
            goOn();
        }
    }

    private void goOn() {
        for (Answer answer = next(); answer != null; answer = next()) {
            for (LongConsumer asked : answer.asking) {
                asked.accept(answer.through);
            }
        }
    }

    private record Answer(List<LongConsumer> asking, long through) {}

    /** Whom to tell what; null if nobody can be told anything yet. */
    private synchronized @Nullable Answer next() {
        Round open = round;
        if (open == null) {
            if (waiting.isEmpty()) {
                return null;
            }
            open = begin();
        }
        if (!isOver(open)) {
            return null;
        }
        round = null;
        boolean led = !closed && open.leadership != EventQueue.NONE && open.leadership == member.leadership();
        return new Answer(open.asking, led ? member.appliedSequence() : NOBODY_KNOWS);
    }

    private boolean isOver(Round open) {
        return closed || open.leadership == EventQueue.NONE || open.leadership != member.leadership()
                || open.majority && member.appliedIndex() >= open.committedIndex;
    }

    /** Asks the others. */
    private Round begin() {
        long leadership = member.leadership();
        // Whoever leads has committed an entry of its own term, so nothing that anybody was told is after this.
        Round begun = new Round(waiting, leadership, leadership == EventQueue.NONE ? -1 : member.committedIndex());
        waiting = new ArrayList<>();
        round = begun;
        if (leadership != EventQueue.NONE) {
            begun.majority = isMajority(begun.accepted);
            if (!begun.majority) {
                for (LogAppender appender : appenders.values()) {
                    begun.asked.put(appender.getFollowerId(), new Asked(appender, appender.getCallId()));
                    appender.triggerHeartbeat();
                }
            }
            var unused = timer.schedule(() -> giveUp(begun), timeoutMillis, TimeUnit.MILLISECONDS);
        }
        return begun;
    }

    private void giveUp(Round late) {
        synchronized (this) {
            if (round != late) {
                return;
            }
            round = null;
        }
        late.asking.forEach(asked -> asked.accept(NOBODY_KNOWS));
        goOn();
    }

    private boolean isMajority(Set<RaftPeerId> accepted) {
        RaftConfiguration configuration = member.configuration();
        return isMajority(configuration.getCurrentPeers(), accepted)
                && (configuration.getPreviousPeers().isEmpty()
                        || isMajority(configuration.getPreviousPeers(), accepted));
    }

    private boolean isMajority(Collection<RaftPeer> peers, Set<RaftPeerId> accepted) {
        RaftPeerId self = member.self();
        long agreeing = peers.stream().map(RaftPeer::getId).filter(id -> id.equals(self) || accepted.contains(id))
                .count();
        return agreeing > peers.size() / 2;
    }

    /** Tells everybody who waits that nobody knows, and whoever asks from now on. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        goOn();
    }
}
