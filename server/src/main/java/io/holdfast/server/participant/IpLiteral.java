package io.holdfast.server.participant;

import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads IP addresses in their one canonical form. The many other forms that C libraries take (octal, hexadecimal, a single
 * number, fewer than four parts) are how filters get fooled, so they are nothing here.
 */
final class IpLiteral {

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
    private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private IpLiteral() {
    }

    /** An address of four decimal parts; null if {@code text} is anything else. */
    static @Nullable InetAddress v4(String text) {
        return IPV4.matcher(text).matches() ? InetAddress.ofLiteral(text) : null;
    }

    /** An IPv6 address without brackets and zone; an IPv4-mapped one becomes IPv4. Null if {@code text} is anything else. */
    static @Nullable InetAddress v6(String text) {
        if (!IPV6_CHARACTERS.matcher(text).matches() || text.indexOf(':') < 0) {
            return null;
        }
        int dot = text.indexOf('.');
        if (dot >= 0 && v4(text.substring(text.lastIndexOf(':') + 1)) == null) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static @Nullable InetAddress of(String text) {
        InetAddress v4 = v4(text);
        return v4 != null ? v4 : v6(text);
    }
}
