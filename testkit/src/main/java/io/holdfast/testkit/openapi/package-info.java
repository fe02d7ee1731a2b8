/** Holds an HTTP interface against the document that describes it. */
@NullMarked
package io.holdfast.testkit.openapi;

import org.jspecify.annotations.NullMarked;
