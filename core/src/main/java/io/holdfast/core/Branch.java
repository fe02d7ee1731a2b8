package io.holdfast.core;

import io.holdfast.api.Operation;

/**
 * A branch as the core knows it. Immutable. Its bodies live in the body store; only their sizes are state.
 *
 * @param branchId           unique within the transaction
 * @param forwardUrl         Confirm or action; empty means nothing to call
 * @param backwardUrl        Cancel or compensation; empty means nothing to call
 * @param payloadBytes       size of the payload
 * @param payloadCrc32c      checksum of the payload, which tells a repeated registration from another one of the same size
 * @param tryResultBytes     size of the Try result; -1 if none was given
 * @param forward            how far Confirm or action is
 * @param backward           how far Cancel or compensation is
 * @param alreadyDone        whether the last success said "done before"
 * @param lastError          the class of error seen last, in words; empty for none
 * @param forwardDoneWallMillis  wall time of the definite answer; 0 for none
 * @param backwardDoneWallMillis wall time of the definite answer; 0 for none
 */
public record Branch(String branchId, String forwardUrl, String backwardUrl, int payloadBytes, int payloadCrc32c,
        int tryResultBytes,
        Progress forward, Progress backward, boolean alreadyDone, String lastError, long forwardDoneWallMillis,
        long backwardDoneWallMillis) {

    /** How far one operation of a branch is. */
    public enum Progress {
        /** Not asked for. */
        IDLE,
        /** Owed: called until it is answered. */
        OWED,
        /** Answered with success, or there was nothing to call. */
        DONE,
        /** Action only: answered with failure. */
        FAILED,
        /** Action only: given up while owed; it may have run. */
        ABANDONED
    }

    static Branch of(BranchSpec spec, SharedTexts texts) {
        return new Branch(texts.shared(spec.branchId()), texts.shared(spec.forwardUrl()),
                texts.shared(spec.backwardUrl()), spec.payload().sizeBytes(),
                spec.payload().crc32c(), -1,
                Progress.IDLE, Progress.IDLE, false, "", 0, 0);
    }

    /** Whether it was registered as {@code spec} says; payloads are compared by size and checksum. */
    public boolean sameAs(BranchSpec spec) {
        return branchId.equals(spec.branchId()) && forwardUrl.equals(spec.forwardUrl())
                && backwardUrl.equals(spec.backwardUrl()) && payloadBytes == spec.payload().sizeBytes()
                && payloadCrc32c == spec.payload().crc32c();
    }

    /** The progress of an operation on the forward or backward side. */
    public Progress progress(Operation operation) {
        return operation.isForward() ? forward : backward;
    }

    /** Where an operation is called. */
    public String url(Operation operation) {
        return operation.isForward() ? forwardUrl : backwardUrl;
    }

    Branch withForward(Progress progress, long doneWallMillis) {
        return new Branch(branchId, forwardUrl, backwardUrl, payloadBytes, payloadCrc32c, tryResultBytes, progress,
                backward,
                alreadyDone, lastError, doneWallMillis, backwardDoneWallMillis);
    }

    Branch withBackward(Progress progress, long doneWallMillis) {
        return new Branch(branchId, forwardUrl, backwardUrl, payloadBytes, payloadCrc32c, tryResultBytes, forward,
                progress,
                alreadyDone, lastError, forwardDoneWallMillis, doneWallMillis);
    }

    Branch with(Operation operation, Progress progress, long doneWallMillis) {
        return operation.isForward() ? withForward(progress, doneWallMillis) : withBackward(progress, doneWallMillis);
    }

    Branch withTryResultBytes(int bytes) {
        return new Branch(branchId, forwardUrl, backwardUrl, payloadBytes, payloadCrc32c, bytes, forward, backward,
                alreadyDone,
                lastError, forwardDoneWallMillis, backwardDoneWallMillis);
    }

    Branch withOutcomeNote(boolean nowAlreadyDone, String error) {
        return new Branch(branchId, forwardUrl, backwardUrl, payloadBytes, payloadCrc32c, tryResultBytes, forward,
                backward,
                nowAlreadyDone, error, forwardDoneWallMillis, backwardDoneWallMillis);
    }
}
