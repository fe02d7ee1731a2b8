/** Patches that break a guarantee each, and what keeps them usable. */
@NullMarked
package io.holdfast.tests.guarantees;

import org.jspecify.annotations.NullMarked;
