package io.holdfast.server.client;

/** Text from outside, made fit for a terminal. */
public final class TerminalText {

    private TerminalText() {
    }

    /** One line without control and format characters, which could do things to a terminal or turn a line round. */
    public static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().map(c -> Character.isWhitespace(c) ? ' ' : c)
                .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT)
                .forEach(line::appendCodePoint);
        return line.toString();
    }
}
