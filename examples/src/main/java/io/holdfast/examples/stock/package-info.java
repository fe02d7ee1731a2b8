/** The stock service. */
@NullMarked
package io.holdfast.examples.stock;

import org.jspecify.annotations.NullMarked;
