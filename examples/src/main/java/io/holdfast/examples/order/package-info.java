/** The order service. */
@NullMarked
package io.holdfast.examples.order;

import org.jspecify.annotations.NullMarked;
