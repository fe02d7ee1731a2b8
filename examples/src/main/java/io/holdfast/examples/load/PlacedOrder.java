package io.holdfast.examples.load;

/**
 * An order that was placed, and what the client was told.
 *
 * @param order   what was placed
 * @param outcome what was told
 */
record PlacedOrder(PlannedOrder order, Outcome outcome) {}
