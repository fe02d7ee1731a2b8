package io.holdfast.server.participant;

import java.util.regex.Pattern;

/** What counts as a host name: letters, digits, hyphens and underscores in labels, and not a number in disguise. */
final class HostName {

    private static final int MAX_CHARS = 253;
    private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
    private static final Pattern NAME = Pattern.compile("(" + LABEL + "\\.)*" + LABEL);
    /** A last label that is a number makes resolvers read the whole as an IPv4 address in one of its odd forms. */
    private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0[xX][0-9a-fA-F]*)");

    private HostName() {
    }

    static boolean isValid(String text) {
        return text.length() <= MAX_CHARS && NAME.matcher(text).matches() && !ENDS_IN_NUMBER.matcher(text).matches();
    }
}
