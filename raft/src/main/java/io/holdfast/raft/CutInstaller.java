package io.holdfast.raft;

import java.util.List;

/**
 * Told when a node cannot catch up, because its leader has released entries that it lacks. Its store then needs a newer cut, from
 * the store of the leader: whoever owns the {@link RaftLog} closes it, puts the cut where the store is, tells
 * {@link RaftLog#acceptCut}, and starts engine and log anew.
 */
public interface CutInstaller {

    /**
     * Called on a thread of the log, which must not be held up; once in a life of the log.
     *
     * @param leader     id of the peer to fetch a cut from
     * @param firstIndex of the log of the group, from which on the leader still has entries: an older cut does not help
     */
    void cutNeeded(String leader, long firstIndex);

    /**
     * Another node leads the group, or this one does, or nobody. May be told again. Called on a thread of the log, which must not be
     * held up.
     *
     * @param leader id of the peer; empty for nobody
     */
    default void leaderChanged(String leader) {
        // Not everybody wants to know.
    }

    /**
     * Who the members of the group are, as far as this node has been told what is committed: first those of its cut, then each
     * change. This node may not be one of them yet, or any more. Called on a thread of the log, which must not be held up.
     */
    default void membersChanged(List<RaftSettings.Peer> members) {
        // Not everybody wants to know.
    }

    /**
     * The group does not have this node, which was never a member as far as it knows: a change that would have made it one was given
     * up. Its log does nothing any more. Whoever owns it may start it anew, to be added later. Called on a thread of the log.
     */
    default void notAdded() {
        // Then it does nothing any more.
    }
}
