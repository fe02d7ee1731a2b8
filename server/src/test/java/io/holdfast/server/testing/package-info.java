@NullMarked
package io.holdfast.server.testing;

import org.jspecify.annotations.NullMarked;
