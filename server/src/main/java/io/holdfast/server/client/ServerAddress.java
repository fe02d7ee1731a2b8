package io.holdfast.server.client;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * Where a server is: scheme, host and port, and nothing else, so that no path is dropped silently and no password is printed.
 *
 * @param uri without user info, path, query and fragment
 */
record ServerAddress(URI uri) {

    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final int MAX_PORT = 65_535;

    /** @throws IllegalArgumentException if it is anything else; the message says what is wrong and never contains user info */
    static ServerAddress parse(String text) {
        if (text.contains("@")) {
            throw new IllegalArgumentException("a URL with user info (it has an @) is not allowed");
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text + " is not allowed: it is no URL", e);
        }
        String wrong = wrong(uri);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(text + " is not allowed: it " + wrong);
        }
        return new ServerAddress(uri);
    }

    private static String wrong(URI uri) {
        if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
            return "does not begin with http:// or https://";
        }
        if (uri.getHost() == null) {
            return "names no host";
        }
        if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
            return "has no port from 1 to " + MAX_PORT;
        }
        if (!uri.getPath().isEmpty() && !uri.getPath().equals("/")) {
            return "has a path";
        }
        if (uri.getRawQuery() != null) {
            return "has a query";
        }
        return uri.getRawFragment() == null ? "" : "has a fragment";
    }

    /** Whether others could read on the way what is sent there. */
    boolean isExposed() {
        return uri.getScheme().equalsIgnoreCase("http") && !isLoopback();
    }

    /** By what is written there: a name that is only resolved to loopback may lead elsewhere the next time. */
    private boolean isLoopback() {
        String host = uri.getHost();
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host.startsWith("[") ? host.substring(1, host.length() - 1) : host)
                    .isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
