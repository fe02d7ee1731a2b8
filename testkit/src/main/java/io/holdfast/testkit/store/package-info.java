/** What every {@link io.holdfast.engine.Store} must do. */
@NullMarked
package io.holdfast.testkit.store;

import org.jspecify.annotations.NullMarked;
