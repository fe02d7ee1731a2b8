package io.holdfast.server.cluster;

import java.util.Locale;

/** What a node is to its group. A node without a log has to find out whether it never had one or has lost it. */
public enum Standing {

    /** It has no log, and does not know yet whether it had one. */
    NEW,
    /** It has no log and had none: no other node had one either. It may begin the group as soon as the others may. */
    FOUNDER,
    /** It began the group in this life of its process, and takes part: who founded it beside this node may begin as well. */
    BEGINNER,
    /** It has a log, and takes part. */
    MEMBER,
    /** It has a log that begins after a cut, and is no member: it waits to be added, and does not vote. */
    APPLICANT;

    /** Whether it has a log. */
    boolean hasLog() {
        return this == BEGINNER || isOfOldGroup();
    }

    /** Whether it has a log of a group that was there before this life of its process. */
    boolean isOfOldGroup() {
        return this == MEMBER || this == APPLICANT;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is no such standing */
    static Standing ofWire(String name) {
        for (Standing standing : values()) {
            if (standing.wireName().equals(name)) {
                return standing;
            }
        }
        throw new IllegalArgumentException("standing=" + name + " is unknown");
    }
}
