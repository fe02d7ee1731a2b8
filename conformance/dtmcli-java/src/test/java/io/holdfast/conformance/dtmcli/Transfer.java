package io.holdfast.conformance.dtmcli;

/**
 * The payload of a branch.
 *
 * @param account whose money it is about
 * @param delta   what its balance changes by: negative for money that leaves
 */
record Transfer(String account, long delta) {}
