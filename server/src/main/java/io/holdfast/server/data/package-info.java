/** What operators do with the files of a server: look into the log, check log and store, back them up and restore them. */
@NullMarked
package io.holdfast.server.data;

import org.jspecify.annotations.NullMarked;
