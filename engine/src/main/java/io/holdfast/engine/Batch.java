package io.holdfast.engine;

import io.holdfast.core.Entry;
import java.util.List;

/**
 * A durable entry that waits for the core, with those who wait for its replies.
 *
 * @param bytes of the entry in the log
 */
record Batch(Entry entry, List<Pending> pending, int bytes) {}
