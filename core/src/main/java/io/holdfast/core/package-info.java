/**
 * The transaction state machine.
 * <p>
 * {@link io.holdfast.core.Core#step} is pure: no clock, thread, I/O, randomness, logging or configuration. Time and every
 * other input arrive in the entry; what has to happen outside leaves in the {@link io.holdfast.core.Outcome}. Given the
 * same entries, every process reaches the same state, and {@link io.holdfast.core.Core#stateHash} proves it.
 */
@NullMarked
package io.holdfast.core;

import org.jspecify.annotations.NullMarked;
