/** Processes of this program that another one starts. */
@NullMarked
package io.holdfast.server.process;

import org.jspecify.annotations.NullMarked;
