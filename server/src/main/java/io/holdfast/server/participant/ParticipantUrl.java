package io.holdfast.server.participant;

import com.linecorp.armeria.common.RequestTarget;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL that a participant registered, taken apart strictly: what one parser would read in another way than the next is
 * refused. Immutable.
 *
 * @param grpc    whether it names a method of gRPC
 * @param tls     https or grpcs
 * @param host    lower case; an IPv6 address without brackets
 * @param literal the address if {@code host} is one
 * @param port    1 to 65535
 * @param path    starts with a slash; visible ASCII
 * @param query   without the question mark; visible ASCII; may be empty
 */
record ParticipantUrl(boolean grpc, boolean tls, String host, @Nullable InetAddress literal, int port, String path,
        String query) {

    /** As long as servers and proxies commonly take. */
    static final int MAX_CHARS = 2_048;

    /** Urls come again and again, at every branch and at every call; so many at most are remembered. */
    private static final int MAX_REMEMBERED = 4_096;
    private static final Pattern PORT = Pattern.compile(":[1-9][0-9]{0,4}");
    private static final Pattern METHOD = Pattern.compile("/[A-Za-z_][A-Za-z0-9_.]*/[A-Za-z_][A-Za-z0-9_]*");

    private static final ConcurrentHashMap<String, ParticipantUrl> REMEMBERED = new ConcurrentHashMap<>();

    static ParticipantUrl parse(String text) throws AddressRejected {
        ParticipantUrl known = REMEMBERED.get(text);
        if (known != null) {
            return known;
        }
        ParticipantUrl url = parsed(text);
        if (REMEMBERED.size() >= MAX_REMEMBERED) {
            REMEMBERED.clear();
        }
        REMEMBERED.put(text, url);
        return url;
    }

    private static ParticipantUrl parsed(String text) throws AddressRejected {
        if (text.length() > MAX_CHARS) {
            throw AddressRejected.malformed(text,
                    "it has " + text.length() + " characters; allowed: at most " + MAX_CHARS);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '\\') {
                throw AddressRejected.malformed(text, "blanks, control characters and backslashes are not allowed");
            }
        }
        if (text.indexOf('#') >= 0) {
            throw AddressRejected.malformed(text, "a fragment (#) is not allowed");
        }
        for (Scheme scheme : Scheme.values()) {
            int start = scheme.prefix.length();
            if (text.regionMatches(true, 0, scheme.prefix, 0, start)) {
                int authorityEnd = firstOf(text, start, "/?");
                return withAuthority(text, scheme, text.substring(start, authorityEnd), text.substring(authorityEnd));
            }
        }
        throw AddressRejected.malformed(text,
                "it must begin with http:// or https://, or with grpc:// or grpcs:// for gRPC");
    }

    private enum Scheme {
        HTTP("http://", 80), HTTPS("https://", 443), GRPC("grpc://", 0), GRPCS("grpcs://", 0);

        private final String prefix;
        /** 0 if there is none that everybody expects. */
        private final int defaultPort;

        Scheme(String prefix, int defaultPort) {
            this.prefix = prefix;
            this.defaultPort = defaultPort;
        }
    }

    private static ParticipantUrl withAuthority(String text, Scheme scheme, String authority, String rest)
            throws AddressRejected {
        if (authority.indexOf('@') >= 0) {
            throw AddressRejected.malformed(text, "user information (@) is not allowed");
        }
        boolean bracketed = authority.startsWith("[");
        int hostEnd = bracketed ? authority.indexOf(']') + 1 : firstOf(authority, 0, ":");
        String host = authority.substring(0, hostEnd).toLowerCase(Locale.ROOT);
        InetAddress literal = null;
        if (!bracketed) {
            literal = IpLiteral.v4(host);
        } else if (hostEnd > 1) {
            literal = IpLiteral.v6(host.substring(1, hostEnd - 1));
        }
        if (literal == null && (bracketed || !HostName.isValid(host))) {
            throw AddressRejected.malformed(text, "it needs a host: a name, an IPv4 address of four decimal parts or an"
                    + " IPv6 address in brackets");
        }
        int question = firstOf(rest, 0, "?");
        String path = question == 0 ? "/" : rest.substring(0, question);
        String query = question == rest.length() ? "" : rest.substring(question + 1);
        boolean grpc = scheme == Scheme.GRPC || scheme == Scheme.GRPCS;
        if (grpc && !METHOD.matcher(rest).matches()) {
            throw AddressRejected.malformed(text, "behind the port of gRPC comes /package.Service/Method");
        }
        ParticipantUrl url = new ParticipantUrl(grpc, scheme == Scheme.HTTPS || scheme == Scheme.GRPCS,
                literal == null ? host : literal.getHostAddress(), literal,
                port(text, authority.substring(hostEnd), scheme.defaultPort), encoded(text, path),
                encoded(text, query));
        if (RequestTarget.forClient(url.path + "?" + url.query) == null) {
            // The HTTP client would refuse it at every call, for ever.
            throw AddressRejected.malformed(text, "encoded control characters are not allowed");
        }
        return url;
    }

    private static int port(String text, String afterHost, int defaultPort) throws AddressRejected {
        if (afterHost.isEmpty() && defaultPort != 0) {
            return defaultPort;
        }
        if (PORT.matcher(afterHost).matches()) {
            int port = Integer.parseInt(afterHost.substring(1));
            if (port <= 65_535) {
                return port;
            }
        }
        throw AddressRejected.malformed(text, "the port must be 1 to 65535");
    }

    /** Leaves what is legal as it is, so that the participant sees the path it registered, and escapes the rest. */
    private static String encoded(String text, String part) throws AddressRejected {
        StringBuilder encoded = new StringBuilder(part.length() + 16);
        for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
            if (b > ' ' && "\"<>^`{|}".indexOf(b) < 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        for (int i = encoded.indexOf("%"); i >= 0; i = encoded.indexOf("%", i + 1)) {
            if (i + 2 >= encoded.length() || !HexFormat.isHexDigit(encoded.charAt(i + 1))
                    || !HexFormat.isHexDigit(encoded.charAt(i + 2))) {
                throw AddressRejected.malformed(text, "a % must be followed by two hexadecimal digits");
            }
        }
        return encoded.toString();
    }

    private static int firstOf(String text, int from, String characters) {
        for (int i = from; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return text.length();
    }
}
