/**
 * The durable log of one node on its own segment files.
 * <p>
 * {@link io.holdfast.log.FileLog} keeps the log, {@link io.holdfast.log.Disk} is the port it writes through. The reasons behind
 * the format are in docs/adr/0003-file-log.md.
 */
@NullMarked
package io.holdfast.log;

import org.jspecify.annotations.NullMarked;
