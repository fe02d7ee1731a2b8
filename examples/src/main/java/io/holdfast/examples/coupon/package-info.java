/**
 * The coupon service, and what another program has to do to stand in for it.
 *
 * <p>A process with the options {@code --jdbc-url} (or {@code --dsn}) and {@code --parent PID}. It listens on a free port of
 * 127.0.0.1, prints {@code listening PORT} and ends when the parent has ended. The tables {@code coupon.coupon} and
 * {@code coupon.effect_log} exist before it starts; the table of its fence is its own affair.
 *
 * <p>Five addresses, each a POST with the query parameters {@code gid}, {@code trans_type}, {@code branch_id} and {@code op}
 * and an {@link io.holdfast.examples.participant.OrderTicket} as JSON, of which only {@code userId} and {@code couponId}
 * matter here:
 *
 * <pre>
 * /tcc/try       op=try         UNUSED to LOCKED
 * /tcc/confirm   op=confirm     LOCKED to USED
 * /tcc/cancel    op=cancel      LOCKED to UNUSED
 * /saga/use      op=action      UNUSED to USED
 * /saga/release  op=compensate  USED to UNUSED
 * </pre>
 *
 * <p>The new state, the row of {@code effect_log} and the row of the fence are written in one local transaction. Answers: 200
 * and {@code {"dtm_result":"SUCCESS","message":"..."}} if it is done, now or before; 409 and
 * {@code {"dtm_result":"FAILURE","message":"coupon_not_usable"}} if a Try or an action finds a coupon that is not UNUSED or is
 * somebody else's; 500 for everything else. With {@code --faults on}, {@code --seed} and {@code --planned-orders} it injects the faults
 * of {@link io.holdfast.examples.fault.FaultPlan}; {@code GET /faults} answers how often each struck, and {@code {}} where none are
 * injected, {@code GET /under-way} how many calls are still being delivered.
 */
@NullMarked
package io.holdfast.examples.coupon;

import org.jspecify.annotations.NullMarked;
