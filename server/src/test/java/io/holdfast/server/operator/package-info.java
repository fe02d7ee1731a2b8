@NullMarked
package io.holdfast.server.operator;

import org.jspecify.annotations.NullMarked;
