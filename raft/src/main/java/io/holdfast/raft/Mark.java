package io.holdfast.raft;

/**
 * What a leader says to a node that has lost its log, once a majority without that node has agreed: an entry that was made after the
 * node had asked is committed. Whatever the node has promised before, that majority has by then; so it can begin anew as one that
 * has voted for this leader and holds a cut that is not older. The argument is in ADR 0012.
 *
 * @param term     in which the leader leads
 * @param index    of the entry in the log of the group
 * @param leader   id of the peer
 * @param sequence of the last entry of the engine before it: a cut has to hold it
 * @param members  of the group at that entry
 */
public record Mark(long term, long index, String leader, long sequence, Members members) {

    public Mark {
        if (term < 0 || index < 0 || sequence < 0) {
            throw new IllegalArgumentException("term=" + term + ", index=" + index + " and sequence=" + sequence
                    + " must not be negative");
        }
    }

    /**
     * A cut of the leader as the one who asked takes it: not before the mark, so that nothing the leader remembers of it is after
     * what it has.
     *
     * @throws IllegalArgumentException if the cut is older than the mark
     */
    public Cut notBefore(Cut cut) {
        if (cut.sequence() < sequence) {
            throw new IllegalArgumentException("the cut holds entries up to " + cut.sequence()
                    + ", and those up to " + sequence + " are needed");
        }
        return cut.sequence() == sequence ? new Cut(sequence, term, index, members) : cut;
    }
}
