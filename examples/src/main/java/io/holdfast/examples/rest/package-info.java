/** A plain client of the coordinator's native interface over REST. */
@NullMarked
package io.holdfast.examples.rest;

import org.jspecify.annotations.NullMarked;
