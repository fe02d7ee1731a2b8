package io.holdfast.examples.demo;

import io.holdfast.api.Operation;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultKind;
import io.holdfast.examples.judge.Findings;
import io.holdfast.examples.load.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything that is known after a run.
 *
 * @param settings          what was asked for
 * @param findings          what the judge found
 * @param tally             latencies
 * @param faults            faults of all processes
 * @param unfinishedAtKills how many transactions the coordinator had not finished at each kill of it
 * @param gatewayKills      how often the gateway was killed
 * @param workerKills       how often a worker was killed
 * @param recoveriesMillis  from each kill to the first durable decision after it
 * @param unfinishedAtEnd   transactions that the coordinator did not bring to an end
 */
record RunResult(DemoSettings settings, Findings findings, Tally tally, Map<FaultKind, FaultCounts.Count> faults,
        List<Integer> unfinishedAtKills, int gatewayKills, int workerKills, List<Long> recoveriesMillis,
        int unfinishedAtEnd) {
    /** With fewer it may be bad luck that a fault did not strike, or that nothing had to be taken back. */
    private static final int ORDERS_FOR_EVERYTHING = 600;
    /** Of so many orders some are good, whatever strikes. */
    private static final int ORDERS_FOR_A_CONFIRMED_ONE = 20;
    /** Who refuses more than so many for one order that is confirmed proves little. */
    private static final int MOST_PLACED_FOR_ONE_CONFIRMED = 20;
    /**
     * So many prove enough, whatever is offered: what a run with the options as they are has to confirm. How many orders get through in a
     * minute is up to the machine, how many are placed is up to the option. A share without this bound would want more than two cores
     * can do at 300 orders a second, where to refuse is right.
     */
    private static final int ENOUGH_CONFIRMED = 180;

    /** Why the mall says no in the course of business. */
    private static final List<String> BUSINESS_REASONS = List.of("insufficient_stock", "insufficient_balance",
            "coupon_not_usable");

    /** Why the run failed; empty if it did not. */
    List<String> failures() {
        List<String> failures = new ArrayList<>(findings.brokenPromises());
        Findings.Orders orders = findings.orders();
        if (orders.placed() != settings.orders()) {
            failures.add("placed=" + orders.placed() + ", asked for: " + settings.orders());
        }
        long leastConfirmed = settings.orders() >= ORDERS_FOR_A_CONFIRMED_ONE
                ? Math.clamp(orders.placed() / MOST_PLACED_FOR_ONE_CONFIRMED, 1, ENOUGH_CONFIRMED)
                : 0;
        if (orders.confirmed() < leastConfirmed) {
            // Whoever refuses everything breaks no promise, and proves nothing.
            failures.add("confirmed=" + orders.confirmed() + " of " + orders.placed() + ", allowed: at least "
                    + leastConfirmed);
        }
        if (unfinishedAtEnd > 0) {
            failures.add("unfinishedAtEnd=" + unfinishedAtEnd + ", allowed: 0");
        }
        if (unfinishedAtKills.size() < settings.kills()) {
            failures.add("kills=" + unfinishedAtKills.size() + ", asked for: " + settings.kills());
        }
        if (settings.workers() > 0 && workerKills < settings.kills()) {
            failures.add("workerKills=" + workerKills + ", asked for: " + settings.kills());
        }
        if (settings.faults() && settings.orders() >= ORDERS_FOR_EVERYTHING) {
            faults.forEach((kind, count) -> {
                if (count.hits() == 0) {
                    failures.add("the fault " + kind.wireName() + " never struck, so the run does not show that it is"
                            + " harmless; place more orders");
                }
            });
            findings.effects().forEach((service, effects) -> requireEveryEffect(service, effects, failures));
            // Where most orders fail because the machine is busy with other things, goods and coupons do not run out.
            if (2 * orders.confirmed() >= orders.placed()) {
                requireEveryReason(orders, failures);
            }
        }
        if (settings.orders() >= ORDERS_FOR_EVERYTHING) {
            unfinishedAtKills.stream().filter(count -> count < Killer.WANTED_UNFINISHED)
                    .forEach(count -> failures
                            .add("only " + count + " transactions were unfinished at a kill, wanted: at least "
                                    + Killer.WANTED_UNFINISHED + "; place more orders"));
        }
        return failures;
    }

    private static void requireEveryReason(Findings.Orders orders, List<String> failures) {
        for (String reason : BUSINESS_REASONS) {
            if (!orders.rejectedByReason().containsKey(reason)) {
                failures.add("no order was rejected for " + reason + ", so the run does not show that this is right;"
                        + " place more orders");
            }
        }
    }

    private static void requireEveryEffect(String service, Map<String, Long> effects, List<String> failures) {
        for (Operation operation : Operation.values()) {
            if (!effects.containsKey(operation.name())) {
                failures.add("no " + operation.name() + " ever took effect in the " + service
                        + " service, so the run does not show that it is right; place more orders");
            }
        }
    }
}
