package io.holdfast.bench.measure;

import java.util.Locale;

/**
 * What the design asks for.
 *
 * @param text    in words
 * @param reached whether this run got there
 */
public record Goal(String text, boolean reached) {

    public static Goal ratioAtLeast(double least, double ratio) {
        return new Goal(String.format(Locale.ROOT, "ratio at least %.2f", least), ratio >= least);
    }

    public static Goal rateAtLeast(double least, double perSecond) {
        return new Goal(String.format(Locale.ROOT, "at least %,.0f/s", least), perSecond >= least);
    }

    public static Goal under(String what, double most, String unit, double value) {
        return new Goal(String.format(Locale.ROOT, "%s under %,.0f %s", what, most, unit), value < most);
    }
}
