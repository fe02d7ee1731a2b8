package io.holdfast.bench.measure;

import java.util.Locale;

/**
 * A number of the table.
 *
 * @param value what was measured
 * @param unit  behind it, for example {@code /s}
 * @param what  is counted, in words
 */
public record Figure(double value, String unit, String what) {

    /** For example {@code 12,345 /s}; small numbers keep their decimals. */
    String shown() {
        double size = Math.abs(value);
        String format = size >= 100 || size == 0 ? "%,.0f %s" : size >= 1 ? "%,.1f %s" : "%,.3f %s";
        return String.format(Locale.ROOT, format, value, unit).replace(" /s", "/s");
    }
}
