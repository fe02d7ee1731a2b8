package io.holdfast.server.participant;

import io.holdfast.server.config.ConfigException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that participants may have. Whoever can register a branch makes this server send requests; the list keeps
 * them away from addresses that only this machine can reach. Immutable.
 */
public final class AllowList {

    /** What holds if nothing is configured. */
    public static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1/128");

    private final Set<String> hosts = new HashSet<>();
    private final List<Block> blocks = new ArrayList<>();

    private AllowList(List<String> entries) {
        for (String entry : entries) {
            add(entry.strip());
        }
    }

    /**
     * @param entries host names, IP addresses (IPv6 with or without brackets) and CIDR blocks
     * @throws ConfigException if one of them is none of these
     */
    public static AllowList parse(List<String> entries) {
        return new AllowList(entries);
    }

    private void add(String entry) {
        int slash = entry.indexOf('/');
        String base = slash < 0 ? entry : entry.substring(0, slash);
        InetAddress address = IpLiteral.of(unbracketed(base));
        if (address != null) {
            blocks.add(Block.of(entry, address, slash < 0 ? null : entry.substring(slash + 1)));
        } else if (slash < 0 && HostName.isValid(entry)) {
            hosts.add(entry.toLowerCase(Locale.ROOT));
        } else {
            throw problem(entry, "a host name, an IP address or a CIDR block such as 10.0.0.0/8");
        }
    }

    /** Whether a host may be called whatever it resolves to. */
    public boolean allowsHost(String host) {
        return hosts.contains(host.toLowerCase(Locale.ROOT));
    }

    /** Whether an address may be called under any name. */
    public boolean allowsAddress(InetAddress address) {
        byte[] bytes = address.getAddress();
        return blocks.stream().anyMatch(block -> block.contains(bytes));
    }

    private static String unbracketed(String text) {
        return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    }

    private static ConfigException problem(String entry, String allowed) {
        return new ConfigException("allow=" + CleanText.of(entry, 200) + " is not allowed; allowed: " + allowed);
    }

    private record Block(byte[] base, int prefixBits) {

        static Block of(String entry, InetAddress address, @Nullable String prefix) {
            byte[] base = address.getAddress();
            int bits = prefix == null ? base.length * 8 : parseBits(entry, prefix, base.length * 8);
            for (int i = bits; i < base.length * 8; i++) {
                if ((base[i / 8] & 0x80 >> i % 8) != 0) {
                    throw problem(entry, "a block whose address has only zeros behind its first " + bits + " bits");
                }
            }
            return new Block(base, bits);
        }

        private static int parseBits(String entry, String prefix, int most) {
            try {
                int bits = Integer.parseInt(prefix);
                if (bits >= 0 && bits <= most) {
                    return bits;
                }
            } catch (NumberFormatException e) {
                // Said below, in the same words as a number out of range.
            }
            throw problem(entry, "a prefix length from 0 to " + most);
        }

        boolean contains(byte[] address) {
            if (address.length != base.length) {
                return false;
            }
            for (int i = 0; i < prefixBits; i++) {
                if (((base[i / 8] ^ address[i / 8]) & 0x80 >> i % 8) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
