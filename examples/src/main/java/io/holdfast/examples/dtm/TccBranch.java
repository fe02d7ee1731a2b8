package io.holdfast.examples.dtm;

import java.net.URI;

/**
 * One branch of a TCC transaction.
 *
 * @param branchId its number within the transaction, for example {@code 01}
 * @param confirm  called when the transaction is confirmed
 * @param cancel   called when it is cancelled
 * @param payload  the body of both calls
 */
public record TccBranch(String branchId, URI confirm, URI cancel, String payload) {}
