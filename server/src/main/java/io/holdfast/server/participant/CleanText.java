package io.holdfast.server.participant;

/** Makes text from outside fit for state, logs and screens. */
public final class CleanText {

    private CleanText() {
    }

    /** At most {@code maxChars} of {@code text}, with a blank for everything that could steer a terminal or forge a line. */
    public static String of(String text, int maxChars) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), maxChars));
        text.codePoints().takeWhile(c -> clean.length() + Character.charCount(c) <= maxChars)
                .forEach(c -> clean.appendCodePoint(isHarmless(c) ? c : ' '));
        return clean.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED, Character.PRIVATE_USE ->
                false;
            default -> true;
        };
    }
}
