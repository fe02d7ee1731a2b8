package io.holdfast.examples.fault;

import java.util.Arrays;
import java.util.Locale;

/** Mistakes that can be built in on purpose, to see whether the judge finds them. */
public enum PlantedBug {
    /** None. */
    NONE,
    /** Pay: some Confirms take effect twice in their local transaction. */
    DOUBLE_CONFIRM,
    /** Pay: Cancels pay back whether or not there was a Try, because they do without the fence. */
    NO_FENCE_CANCEL,
    /** Pay: nothing of the service stands behind the fence. */
    NO_FENCE,
    /** Pay: Cancel puts the amount aside once more instead of giving it back. */
    CANCEL_TRIES_AGAIN,
    /** Pay: Confirm reads the merchant's balance and writes it back later, over what others wrote in between. */
    LOST_UPDATE,
    /** Pay: compensations pay the amount back to somebody else, so that every sum is right. */
    WRONG_REFUND,
    /** Order: nothing of the service stands behind the fence. */
    ORDER_WITHOUT_FENCE,
    /** Stock: Try and action take goods without looking whether there are any left. */
    STOCK_WITHOUT_CHECK,
    /** Stock: Confirm says that it is done, and does nothing. */
    CONFIRM_DOES_NOTHING,
    /** Coupon: Cancel uses the coupon up instead of giving it back. */
    COUPON_CANCEL_BURNS,
    /** Gateway: one branch is tried and never registered, so that nobody confirms or cancels it. */
    GATEWAY_FORGETS_A_BRANCH,
    /** Gateway: a request that comes a second time becomes a second transaction. */
    GATEWAY_PLACES_TWICE;

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
