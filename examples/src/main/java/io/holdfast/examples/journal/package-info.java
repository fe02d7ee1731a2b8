/** What the client was told, written by the client alone. */
@NullMarked
package io.holdfast.examples.journal;

import org.jspecify.annotations.NullMarked;
