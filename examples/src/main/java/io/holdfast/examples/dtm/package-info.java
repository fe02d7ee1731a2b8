/** A plain client of the dtm HTTP wire. */
@NullMarked
package io.holdfast.examples.dtm;

import org.jspecify.annotations.NullMarked;
