package io.holdfast.store;

import io.holdfast.api.State;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The column families of the database. Their names are on the disk. */
enum Family {
    /** The header of the last cut, the store id, how far each outcome is forgotten. */
    META("default"),
    /** Position in the order of creation to unfinished transaction. */
    LIVE("live"),
    /** Gid, branch index and kind to body. */
    BODIES("bodies"),
    /** Gid, and business key where there is one, to the place of a finished transaction. */
    GIDS("gids"),
    /** Position of its first one in the order of finishing to a chunk of finished transactions. */
    CONFIRMED("archive-confirmed"),
    /** As {@link #CONFIRMED}. */
    CANCELLED("archive-cancelled"),
    /** As {@link #CONFIRMED}. */
    SETTLED_BY_HAND("archive-settled-by-hand");

    /** One family per outcome: each is only ever written at its end, so that files never overlap and are never merged. */
    static final List<Family> OUTCOMES = List.of(CONFIRMED, CANCELLED, SETTLED_BY_HAND);

    private final String storedName;

    Family(String storedName) {
        this.storedName = storedName;
    }

    String storedName() {
        return storedName;
    }

    byte[] storedNameBytes() {
        return storedName.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The family of an outcome.
     *
     * @throws IllegalArgumentException if the state is no outcome
     */
    static Family of(State outcome) {
        return switch (outcome) {
            case CONFIRMED -> CONFIRMED;
            case CANCELLED -> CANCELLED;
            case SETTLED_BY_HAND -> SETTLED_BY_HAND;
            case TRYING, CONFIRMING, CANCELLING, RUNNING, COMPENSATING ->
                throw new IllegalArgumentException("state " + outcome + " is not a finished one");
        };
    }

    /**
     * Whether only cuts make it durable. A cut is written in parts, and RocksDB must not flush some of them before the last one
     * is there; so their memory has no bound of its own but the cut's.
     */
    boolean isOfCuts() {
        return switch (this) {
            case META, LIVE, BODIES -> true;
            case GIDS, CONFIRMED, CANCELLED, SETTLED_BY_HAND -> false;
        };
    }

    /** The number in front of a place in {@link #GIDS}: for ever. */
    int outcomeNumber() {
        return OUTCOMES.indexOf(this);
    }
}
