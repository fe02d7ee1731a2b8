/** Programs of others that tests need, as real processes. */
@NullMarked
package io.holdfast.testkit.component;

import org.jspecify.annotations.NullMarked;
