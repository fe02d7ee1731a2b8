package io.holdfast.raft;

import io.holdfast.raft.MembersRefused.Reason;
import io.holdfast.raft.RaftSettings.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Adds or removes one member. Only one at a time: majorities of two memberships that differ by one node always meet, which the way
 * back of a node without a log relies on (ADR 0012). What Ratis does not look at is looked at before: it takes a known id with
 * another address for no change at all, and would let the last majority go. Thread-safe.
 */
final class Reconfiguration {

    static final int MAX_MEMBERS = 9;

    /** A node that is far behind takes the store of its leader over meanwhile; the change goes on whoever waits for it. */
    private static final int WAIT_SECONDS = 30;

    /** What it has to know of this node's part of the group. */
    interface Leader {

        RaftServer.Division division();

        /** A request of this node to itself. */
        SetConfigurationRequest request(SetConfigurationRequest.Arguments arguments);

        CompletableFuture<RaftClientReply> send(SetConfigurationRequest request) throws IOException;
    }

    private final Leader leader;
    private final Executor executor;
    private final String self;
    private final long heardMillis;

    /**
     * @param executor    may be held up
     * @param heardMillis a member that was heard within this is there
     */
    Reconfiguration(Leader leader, Executor executor, String self, long heardMillis) {
        this.leader = leader;
        this.executor = executor;
        this.self = self;
        this.heardMillis = heardMillis;
    }

    /** Who the members are when it has come; exceptionally with {@link MembersRefused}. One that is a member already is no error. */
    CompletableFuture<List<Peer>> add(Peer added) {
        return change(now -> {
            for (Peer peer : now) {
                if (peer.equals(added)) {
                    return now;
                }
                if (peer.id().equals(added.id())) {
                    throw new MembersRefused(Reason.DUPLICATE, "member " + peer.id() + " is at " + peer.address()
                            + " and " + peer.api() + ": remove it first, and take a new id for another address");
                }
                if (peer.address().equals(added.address()) || peer.api().equals(added.api()) && !peer.api().isEmpty()) {
                    throw new MembersRefused(Reason.DUPLICATE, "member " + peer.id() + " is at " + peer.address()
                            + " and " + peer.api());
                }
            }
            if (now.size() >= MAX_MEMBERS) {
                throw new MembersRefused(Reason.TOO_MANY, "there are " + now.size() + " members, and not more than "
                        + MAX_MEMBERS + " may be");
            }
            List<Peer> next = new ArrayList<>(now);
            next.add(added);
            return next;
        });
    }

    /** As {@link #add}. */
    CompletableFuture<List<Peer>> remove(String id) {
        return change(now -> {
            List<Peer> next = now.stream().filter(peer -> !peer.id().equals(id)).toList();
            if (next.size() == now.size()) {
                throw new MembersRefused(Reason.UNKNOWN_MEMBER, "no member is called " + id + "; there are "
                        + ids(now));
            }
            if (next.isEmpty()) {
                throw new MembersRefused(Reason.LAST_MEMBER, id + " is the only member");
            }
            if (id.equals(self)) {
                throw new MembersRefused(Reason.LEADS, id + " leads: another node has to lead first");
            }
            List<String> there = next.stream().map(Peer::id).filter(this::isThere).toList();
            if (there.size() <= next.size() / 2) {
                throw new MembersRefused(Reason.NO_MAJORITY, "without " + id + " the members are " + ids(next)
                        + ", and of these only " + there + " can be reached: no majority");
            }
            return next;
        });
    }

    static String ids(List<Peer> peers) {
        return String.join(", ", peers.stream().map(Peer::id).sorted().toList());
    }

    private interface Step {
        List<Peer> from(List<Peer> now) throws MembersRefused;
    }

    private CompletableFuture<List<Peer>> change(Step step) {
        CompletableFuture<List<Peer>> answer = new CompletableFuture<>();
        try {
            executor.execute(() -> begin(step, answer, false));
        } catch (RuntimeException e) {
            answer.completeExceptionally(new MembersRefused(Reason.NO_LEADER, "this node ends"));
        }
        return answer.orTimeout(2 * WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private void begin(Step step, CompletableFuture<List<Peer>> answer, boolean isSecond) {
        try {
            if (!leader.division().getInfo().isLeaderReady()) {
                throw new MembersRefused(Reason.NO_LEADER, "this node does not lead");
            }
            RaftConfiguration current = leader.division().getRaftConf();
            if (!current.getPreviousPeers().isEmpty()) {
                throw new MembersRefused(Reason.UNDER_WAY, "another change is under way");
            }
            List<Peer> now = peers(current.getCurrentPeers());
            List<Peer> next = step.from(now);
            if (next.equals(now)) {
                answer.complete(now);
                return;
            }
            if (next.size() < now.size() && !isSecond) {
                lookAgain(step, answer);
                return;
            }
            SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                    .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                    .setServersInCurrentConf(List.copyOf(current.getCurrentPeers()))
                    .setListenersInCurrentConf(List.copyOf(current.getCurrentPeers(RaftPeerRole.LISTENER)))
                    .setServersInNewConf(next.stream().map(Members::ratis).toList()).build();
            var unused = leader.send(leader.request(arguments)).copy().orTimeout(WAIT_SECONDS, TimeUnit.SECONDS)
                    .whenComplete((reply, failure) -> end(next, reply, failure, answer));
        } catch (MembersRefused e) {
            if (e.reason() == Reason.NO_MAJORITY && !isSecond) {
                lookAgain(step, answer);
            } else {
                answer.completeExceptionally(e);
            }
        } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(refusal(e));
        }
    }

    /** By then a member that has just died is missed, and one that a new leader has not heard yet is there. */
    private void lookAgain(Step step, CompletableFuture<List<Peer>> answer) {
        CompletableFuture.delayedExecutor(heardMillis + heardMillis / 4, TimeUnit.MILLISECONDS, executor)
                .execute(() -> begin(step, answer, true));
    }

    private static List<Peer> peers(Collection<RaftPeer> peers) {
        return peers.stream().map(peer -> Peer.of(peer.getId().toString(), peer.getAddress(),
                Optional.ofNullable(peer.getClientAddress()).orElse(""))).toList();
    }

    private static void end(List<Peer> next, @Nullable RaftClientReply reply, @Nullable Throwable failure,
            CompletableFuture<List<Peer>> answer) {
        if (reply != null && reply.isSuccess()) {
            answer.complete(next);
        } else {
            answer.completeExceptionally(refusal(reply == null ? failure : reply.getException()));
        }
    }

    /** Whoever led when the change began may have lost that on the way: then the next leader ends the change, or forgets it. */
    private static MembersRefused refusal(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return switch (cause) {
            case ReconfigurationInProgressException busy ->
                new MembersRefused(Reason.UNDER_WAY, "another change is under way");
            case SetConfigurationException changed ->
                new MembersRefused(Reason.UNDER_WAY, "the members have changed meanwhile");
            case ReconfigurationTimeoutException late -> new MembersRefused(Reason.NOT_REACHED,
                    "the new node takes no entries of the log: is it running, and can the leader reach that address?");
            case null, default -> new MembersRefused(Reason.UNKNOWN_OUTCOME,
                    "it is not known whether the members were changed: " + cause);
        };
    }

    private boolean isThere(String id) {
        if (id.equals(self)) {
            return true;
        }
        RoleInfoProto role = leader.division().getInfo().getRoleInfoProto();
        return role.getLeaderInfo().getFollowerInfoList().stream()
                .anyMatch(follower -> follower.getId().getId().toStringUtf8().equals(id)
                        && follower.getLastRpcElapsedTimeMs() <= heardMillis);
    }
}
