/**
 * The one-thread runner: the production core, engine, dispatcher and log on a virtual clock, a faulty disk and faulty
 * participants, all drawn from one seed. It has no state machine, engine or log of its own.
 */
@NullMarked
package io.holdfast.simulator;

import org.jspecify.annotations.NullMarked;
