package io.holdfast.engine;

import io.holdfast.core.Entry;
import java.util.List;

/** What the owner of the log tells the owner of the core, in the order of the log. */
sealed interface FromLog {

    /**
     * A durable entry, with those who wait for its replies.
     *
     * @param pending of this node's own entries; nobody waits here for those of others
     * @param own     whether this node proposed it, since it leads
     * @param bytes   of the entry in the log
     */
    record Batch(Entry entry, List<Pending> pending, boolean own, int bytes) implements FromLog {}

    /** This node leads from here on; {@code leadership} tells its times of leading apart. */
    record Leads(long leadership) implements FromLog {}

    /** It leads no more. */
    record Follows() implements FromLog {}
}
