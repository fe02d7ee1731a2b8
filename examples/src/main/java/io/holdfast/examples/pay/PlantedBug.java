package io.holdfast.examples.pay;

/** Mistakes that can be built in on purpose, to see whether the judge finds them. */
public enum PlantedBug {
    /** None. */
    NONE,
    /** Some Confirms take effect twice in their local transaction. */
    DOUBLE_CONFIRM,
    /** Cancels pay back whether or not there was a Try, because they do without the fence. */
    NO_FENCE_CANCEL
}
