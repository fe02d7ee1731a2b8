package io.holdfast.raft;

/**
 * Where a cut of a store stands in the log of the group: it holds what the entries up to {@code sequence} did.
 *
 * @param sequence of the entry, as the engine counts
 * @param term     of the entry in the log of the group
 * @param index    of the entry in the log of the group, which counts entries of the group itself as well; -1 with sequence 0
 * @param members  of the group at that entry: who begins there knows no others
 */
public record Cut(long sequence, long term, long index, Members members) {

    public Cut {
        if (sequence < 0 || term < 0 || index < sequence - 1 || members.index() > index) {
            throw new IllegalArgumentException(
                    "no such cut: sequence=" + sequence + " term=" + term + " index=" + index + " members=" + members);
        }
    }

    /** Of a node that has released nothing. */
    static Cut nothing(Members founding) {
        return new Cut(0, 0, -1, founding);
    }
}
