package io.holdfast.core;

/** Order of strings by their UTF-8 bytes, which is the order of code points and the same on every platform. */
public final class Utf8Order {

    private Utf8Order() {
    }

    /** As {@link java.util.Comparator#compare}. {@link String#compareTo} differs for characters beyond U+FFFF. */
    public static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return Integer.compare(rank(x), rank(y));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Surrogates stand for code points above all others, but their char values lie below U+E000. */
    private static int rank(char c) {
        return Character.isSurrogate(c) ? c + 0x10000 : c;
    }
}
