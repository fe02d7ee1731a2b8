package io.holdfast.examples.rest;

import java.net.URI;

/**
 * One branch of a TCC transaction.
 *
 * @param branchId its id within the transaction
 * @param confirm  called when the transaction is confirmed
 * @param cancel   called when it is cancelled
 * @param payload  the body of both calls, as JSON text
 */
public record Branch(String branchId, URI confirm, URI cancel, String payload) {}
