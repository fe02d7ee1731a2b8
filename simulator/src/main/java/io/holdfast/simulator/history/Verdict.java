package io.holdfast.simulator.history;

/** What the checker found. Only {@link Ok} says that all is well. */
public sealed interface Verdict {

    /**
     * Every response can be explained.
     *
     * @param gids     looked at
     * @param requests looked at
     */
    record Ok(int gids, int requests) implements Verdict {}

    /**
     * No single object could have given these responses.
     *
     * @param unplaceable the first one, in order of time, whose response leaves no order in which all responses so far are
     *                    possible
     * @param explanation lines of text: what was asked of the gid, an order for all responses before that one, and that one
     */
    record Illegal(String gid, Exchange<?> unplaceable, String explanation) implements Verdict {}

    /**
     * There were more ways to look at than allowed, so nothing is known of this gid; the others are fine.
     *
     * @param gid            the first one for which that is so
     * @param requests       about this gid
     * @param configurations visited before the checker gave up
     */
    record TooBig(String gid, int requests, int configurations) implements Verdict {}
}
