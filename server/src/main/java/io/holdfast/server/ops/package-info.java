/** Health, metrics and the rest of what operators and their tools ask for. */
@NullMarked
package io.holdfast.server.ops;

import org.jspecify.annotations.NullMarked;
