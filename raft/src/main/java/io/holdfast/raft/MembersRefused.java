package io.holdfast.raft;

/** Why the members of a group were not changed; or, with {@link Reason#UNKNOWN_OUTCOME}, that nobody knows whether they were. */
public final class MembersRefused extends Exception {

    private static final long serialVersionUID = 1L;

    /** What stands in the way. */
    public enum Reason {
        /** This node does not lead, or not yet: nothing was done. */
        NO_LEADER,
        /** Another change is under way, or was made meanwhile. */
        UNDER_WAY,
        /** A member has this id, with other addresses, or one of these addresses. */
        DUPLICATE,
        /** No member has this id. */
        UNKNOWN_MEMBER,
        /** It is the only one. */
        LAST_MEMBER,
        /** There are as many as there may be. */
        TOO_MANY,
        /** Too few of the others are there to go on without it. */
        NO_MAJORITY,
        /** It leads: another node has to, before it can go. */
        LEADS,
        /** The new node does not answer, or does not catch up. */
        NOT_REACHED,
        /** The change may have been made, or may yet be. */
        UNKNOWN_OUTCOME
    }

    private final Reason reason;

    /** @param message says to the operator what stands in the way */
    public MembersRefused(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
