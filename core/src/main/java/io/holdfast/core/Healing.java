package io.holdfast.core;

/**
 * What timers have done.
 *
 * @param looks     looks at a transaction whose time had come
 * @param cancelled transactions that were cancelled because their deadline had passed; only what is undecided can be
 * @param stuck     transactions that were found stuck: nothing moved for two minutes, and no caller said that it lives
 */
public record Healing(long looks, long cancelled, long stuck) {

    public static final Healing NONE = new Healing(0, 0, 0);

    /** What came on top of an earlier count. */
    public Healing since(Healing before) {
        return new Healing(looks - before.looks, cancelled - before.cancelled, stuck - before.stuck);
    }
}
