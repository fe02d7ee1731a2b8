/** Tells by SQL whether the run kept its promises. */
@NullMarked
package io.holdfast.examples.judge;

import org.jspecify.annotations.NullMarked;
