/** What every {@link io.holdfast.engine.Log} and every {@link io.holdfast.engine.ReplicatedLog} must do. */
@NullMarked
package io.holdfast.testkit.log;

import org.jspecify.annotations.NullMarked;
