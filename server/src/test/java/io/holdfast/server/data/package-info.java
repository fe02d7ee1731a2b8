@NullMarked
package io.holdfast.server.data;

import org.jspecify.annotations.NullMarked;
