/**
 * Names shared by users of Holdfast and the coordinator: modes, states, operations, decisions and error codes.
 * <p>
 * Java 17 bytecode, no dependencies but annotations, so that every service can have it on its class path.
 */
@NullMarked
package io.holdfast.api;

import org.jspecify.annotations.NullMarked;
