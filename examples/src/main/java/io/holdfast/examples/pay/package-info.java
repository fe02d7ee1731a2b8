/** The pay service. */
@NullMarked
package io.holdfast.examples.pay;

import org.jspecify.annotations.NullMarked;
