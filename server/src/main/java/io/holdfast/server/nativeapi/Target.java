package io.holdfast.server.nativeapi;

import java.util.Locale;

/** Host and port of a participant, as people name it. */
final class Target {

    private Target() {
    }

    /** What stands between {@code ://} and the path, in lower case. */
    static String of(String url) {
        int start = url.indexOf("://") + 3;
        int end = start;
        while (end < url.length() && "/?".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return url.substring(Math.min(start, url.length()), end).toLowerCase(Locale.ROOT);
    }
}
