/** Backups of a running server, and what makes a data directory of one again. Decisions behind it: docs/adr/0006-backup.md. */
@NullMarked
package io.holdfast.server.backup;

import org.jspecify.annotations.NullMarked;
