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
        int slot = slot(text);
        String known = texts[slot];
        if (known != null && known.equals(text)) {
            return known;
        }
        texts[slot] = text;
        return text;
    }

    /** FNV-1a, folded. */
    private static int slot(String text) {
        int hash = 0x811C9DC5;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x01000193;
        }
        return (hash ^ hash >>> 16) & SLOTS - 1;
    }
}
