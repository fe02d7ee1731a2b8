package io.holdfast.core;

/** Texts from outside that are kept as state. */
public final class Text {

    /** Characters that are kept of one text. */
    public static final int MAX_CHARS = 1_024;

    private Text() {
    }

    /** {@code text}, or its first {@link #MAX_CHARS} characters. */
    public static String clip(String text) {
        if (text.length() <= MAX_CHARS) {
            return text;
        }
        // Half of a surrogate pair could not be written to the log and read back.
        int end = Character.isHighSurrogate(text.charAt(MAX_CHARS - 1)) ? MAX_CHARS - 1 : MAX_CHARS;
        return text.substring(0, end);
    }
}
