package io.holdfast.examples.dtm;

import java.net.URI;

/**
 * One step of a Saga.
 *
 * @param action     called to go forward
 * @param compensate called to take it back
 * @param payload    the body of both calls
 */
public record SagaStep(URI action, URI compensate, String payload) {}
