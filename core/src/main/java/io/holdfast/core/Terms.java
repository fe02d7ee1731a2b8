package io.holdfast.core;

import io.holdfast.api.Mode;

/**
 * What was fixed when a transaction began and never changes (guarantee G8).
 *
 * @param gid               global transaction id
 * @param createdSequence   the entry it began in
 * @param createdWallMillis wall time of its beginning, for display
 * @param deadlineMillis    as asked for, relative; 0 for none
 * @param deadlineAtMillis  in logical time; 0 for none. It bounds Try and the decision, never phase 2 (guarantee G3)
 */
public record Terms(String gid, Mode mode, long createdSequence, long createdWallMillis, long deadlineMillis,
        long deadlineAtMillis, CallPolicy policy, SagaOrder order, Attributes attributes) {}
