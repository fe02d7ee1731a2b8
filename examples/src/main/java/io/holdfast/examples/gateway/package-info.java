/**
 * The gateway: takes orders over HTTP and brings them about with the coordinator. It keeps nothing: an order's transaction
 * is named after the request, so that whatever became of it is known to the coordinator.
 */
@NullMarked
package io.holdfast.examples.gateway;

import org.jspecify.annotations.NullMarked;
