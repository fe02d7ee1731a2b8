package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/**
 * One string for equal ones, as long as it is remembered: a million transactions name a handful of addresses, each of which
 * arrives in a string of its own. Saves memory and changes no state. Not thread-safe.
 */
final class SharedTexts {

    /** More than the addresses of a large landscape; where two meet in one slot the younger one stays. */
    private static final int SLOTS = 4_096;
    /** A longer one is hardly an address that others share. */
    private static final int MAX_CHARACTERS = 512;

    private final @Nullable String[] texts = new @Nullable String[SLOTS];

    String shared(String text) {
        if (text.isEmpty() || text.length() > MAX_CHARACTERS) {
            return text;
        }
        int hash = text.hashCode();
        int slot = (hash ^ hash >>> 16) & SLOTS - 1;
        String known = texts[slot];
        if (known != null && known.equals(text)) {
            return known;
        }
        texts[slot] = text;
        return text;
    }
}
