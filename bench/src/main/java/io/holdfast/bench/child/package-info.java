/** What runs in a JVM of its own: floors, engines, participants. */
@NullMarked
package io.holdfast.bench.child;

import org.jspecify.annotations.NullMarked;
