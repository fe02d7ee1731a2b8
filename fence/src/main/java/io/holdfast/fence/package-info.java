/**
 * The participant's fence over JDBC: idempotence, empty rollback and refusal of late calls, decided by one row that joins
 * the local transaction of the business.
 * <p>
 * Start at {@link io.holdfast.fence.JdbcFence}; docs/fence.md has the table and the statements.
 */
@NullMarked
package io.holdfast.fence;

import org.jspecify.annotations.NullMarked;
