package io.holdfast.core;

/** What can move a transaction from one state to another. */
public enum Event {
    /** The caller decided to confirm. */
    CONFIRM_DECIDED,
    /** The caller, or an operator, decided to cancel. */
    CANCEL_DECIDED,
    /** The deadline passed before a decision. */
    DEADLINE_PASSED,
    /** An action answered with failure. */
    ACTION_FAILED,
    /** Actions failed more often than the retry limit allows. */
    RETRIES_EXHAUSTED,
    /** Every Confirm, or every action, is done. */
    FORWARD_DONE,
    /** Every Cancel, or every compensation, is done. */
    BACKWARD_DONE,
    /** An operator settled it by hand. */
    SETTLED
}
