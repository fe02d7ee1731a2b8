package io.holdfast.server.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The secret that callers show in {@code Authorization: Bearer}. Never printed. Immutable. */
public final class AccessToken {

    /** Shorter ones could be guessed over the network. */
    public static final int MIN_CHARS = 16;
    /** So that it fits into one header line of any client. */
    public static final int MAX_CHARS = 1_024;

    private final byte[] bytes;

    /**
     * @param text 16 to 1024 visible ASCII characters
     * @throws ConfigException if it is anything else; the message does not contain it
     */
    public AccessToken(String text) {
        boolean visible = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!visible || text.length() < MIN_CHARS || text.length() > MAX_CHARS) {
            throw new ConfigException("token (of " + text.length() + " characters) is not allowed; allowed: "
                    + MIN_CHARS + " to " + MAX_CHARS + " visible ASCII characters");
        }
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Compares in a time that depends only on the length of {@code candidate}. */
    public boolean matches(String candidate) {
        return MessageDigest.isEqual(bytes, candidate.getBytes(StandardCharsets.UTF_8));
    }

    /** The text itself, for the environment of a process of ours. A secret. */
    public String value() {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /** The value of the header with which a node shows it to another one. A secret. */
    public String bearer() {
        return "Bearer " + value();
    }

    @Override
    public String toString() {
        return "AccessToken[hidden]";
    }
}
