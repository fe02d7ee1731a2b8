@NullMarked
package io.holdfast.log;

import org.jspecify.annotations.NullMarked;
