package io.holdfast.core;

/**
 * An unfinished transaction as a cut holds it.
 *
 * @param ordinal position in the order of creation
 */
public record Unfinished(Transaction transaction, long ordinal) {}
