package io.holdfast.core;

/**
 * A branch as its caller describes it.
 *
 * @param branchId    unique within the transaction
 * @param forwardUrl  Confirm (TCC) or action (Saga); empty means that there is nothing to call
 * @param backwardUrl Cancel (TCC) or compensation (Saga); empty means that there is nothing to call
 * @param payload     body of every call to this branch
 */
public record BranchSpec(String branchId, String forwardUrl, String backwardUrl, Payload payload) {}
