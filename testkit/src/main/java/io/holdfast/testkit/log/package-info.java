/** What every {@link io.holdfast.engine.Log} must do. */
@NullMarked
package io.holdfast.testkit.log;

import org.jspecify.annotations.NullMarked;
