/**
 * Wires and wiring: what lies between sockets and the engine.
 */
@NullMarked
package io.holdfast.server;

import org.jspecify.annotations.NullMarked;
