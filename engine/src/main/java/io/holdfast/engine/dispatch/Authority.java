package io.holdfast.engine.dispatch;

/** Host and port of a URL, by which limits and breakers go. */
final class Authority {

    private Authority() {
    }

    /** What follows {@code ://}, or begins a URL without a scheme as gRPC has them, up to the next slash or question mark. */
    static String of(String url) {
        int scheme = url.indexOf("://");
        // Behind the first slash it would be part of another address.
        int start = scheme >= 0 && url.indexOf('/') == scheme + 1 ? scheme + 3 : 0;
        int end = start;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return url.substring(start, end);
    }
}
