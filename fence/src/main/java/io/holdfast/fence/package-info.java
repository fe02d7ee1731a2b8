@NullMarked
package io.holdfast.fence;

import org.jspecify.annotations.NullMarked;
