package io.holdfast.core;

/**
 * A finished transaction as the archive holds it. Both positions follow from the log alone, so that every replay gives it the
 * same place.
 *
 * @param ordinal          position in the order of creation
 * @param finishedOrdinal  position in the order of finishing, from 0
 * @param finishedSequence the entry it finished in
 */
public record Finished(Transaction transaction, long ordinal, long finishedOrdinal, long finishedSequence) {}
