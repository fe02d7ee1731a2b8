package io.holdfast.engine.dispatch;

/** Host and port of a URL, by which limits and breakers go. */
final class Authority {

    private Authority() {
    }

    /** The part between {@code ://} and the next slash or question mark; the whole text if it has no such part. */
    static String of(String url) {
        int start = url.indexOf("://");
        if (start < 0) {
            return url;
        }
        start += 3;
        int end = start;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return url.substring(start, end);
    }
}
