/** The HTTP wire of dtm: its requests become commands, its answers come from replies. */
@NullMarked
package io.holdfast.server.dtm;

import org.jspecify.annotations.NullMarked;
