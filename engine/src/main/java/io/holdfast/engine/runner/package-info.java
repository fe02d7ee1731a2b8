/** The only place of the engine that has threads: one platform thread per owner. */
@NullMarked
package io.holdfast.engine.runner;

import org.jspecify.annotations.NullMarked;
