package io.holdfast.examples.pay;

import java.util.Arrays;
import java.util.Locale;

/** Mistakes that can be built in on purpose, to see whether the judge finds them. */
public enum PlantedBug {
    /** None. */
    NONE,
    /** Some Confirms take effect twice in their local transaction. */
    DOUBLE_CONFIRM,
    /** Cancels pay back whether or not there was a Try, because they do without the fence. */
    NO_FENCE_CANCEL,
    /** Nothing of the pay service stands behind the fence. */
    NO_FENCE,
    /** Cancel puts the amount aside once more instead of giving it back. */
    CANCEL_TRIES_AGAIN,
    /** Confirm reads the merchant's balance and writes it back later, over what others wrote in between. */
    LOST_UPDATE,
    /** Compensations pay the amount back to somebody else: every sum is right. */
    WRONG_REFUND;

    private final String optionName = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The name on the command line, for example {@code double-confirm}. */
    public String optionName() {
        return optionName;
    }

    /** The names on the command line of all of them. */
    public static String[] optionNames() {
        return Arrays.stream(values()).map(PlantedBug::optionName).toArray(String[]::new);
    }

    /** @param optionName one of {@link #optionNames()} */
    public static PlantedBug ofOption(String optionName) {
        return valueOf(optionName.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
