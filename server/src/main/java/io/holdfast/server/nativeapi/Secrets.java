package io.holdfast.server.nativeapi;

import io.holdfast.core.Attributes.Header;
import java.util.regex.Pattern;

/** Everybody who may ask sees the headers of a transaction; values that look secret are kept from view. */
public final class Secrets {

    private static final Pattern SECRET = Pattern.compile("(?i).*(authorization|cookie|token|secret|password|key).*");

    private Secrets() {
    }

    /** The value, or that it is hidden. */
    public static String shown(Header header) {
        return SECRET.matcher(header.name()).matches() ? "(hidden)" : header.value();
    }
}
