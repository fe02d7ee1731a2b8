package io.holdfast.examples.judge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the judge found.
 *
 * @param orders  what the clients were told
 * @param safety  every figure must be 0
 * @param details more figures that must be 0, and explain those of {@code safety}
 * @param effects what took effect at all
 */
public record Findings(Orders orders, Safety safety, Details details, Effects effects) {
    /**
     * What the clients were told.
     *
     * @param placed           how many requests
     * @param confirmed        how many were confirmed in the end
     * @param rejectedByReason how many were rejected in the end, by reason
     * @param unknown          how many had no answer at first
     * @param unknownResolved  how many of these found out by asking
     */
    public record Orders(long placed, long confirmed, Map<String, Long> rejectedByReason, long unknown,
            long unknownResolved) {}

    /**
     * The promises of the product, as numbers of cases in which they were broken.
     *
     * @param lost             the client was told yes, and there is no confirmed order
     * @param duplicated       one request with two confirmed orders, or an operation of a branch that took effect twice
     * @param phantom          the client was told no or nothing, or never asked, and there is a confirmed order
     * @param oversold         accounts with a negative balance
     * @param moneyDriftCent   by how much the sum of all balances has changed
     * @param frozenLeftCent   money still frozen (negative amounts count as well)
     * @param reservationsLeft pending orders and open holds on money
     * @param mixedDecisions   transactions whose order stands unpaid, or whose payment stands without an order
     */
    public record Safety(long lost, long duplicated, long phantom, long oversold, long moneyDriftCent,
            long frozenLeftCent, long reservationsLeft, long mixedDecisions) {}

    /**
     * Finer figures.
     *
     * @param doubleEffects   operations of a branch that took effect more than once; part of {@code duplicated}
     * @param mispaidCent     by how much what merchants got differs from the price of confirmed orders
     * @param mischargedCent  by how much what each buyer gave differs from the price of their own confirmed orders
     * @param ledgerDriftCent by how much balances differ from what the ledger says
     */
    public record Details(long doubleEffects, long mispaidCent, long mischargedCent, long ledgerDriftCent) {}

    /**
     * In how many branches each operation took effect, by its name, in alphabetical order. What never took effect was not
     * judged.
     *
     * @param order in the order service, without the warm-up
     * @param pay   in the pay service, where the warm-up has no effect
     */
    public record Effects(Map<String, Long> order, Map<String, Long> pay) {}

    /** Every broken promise in words; empty if all were kept. */
    public List<String> brokenPromises() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("lost", safety.lost);
        figures.put("duplicated", safety.duplicated);
        figures.put("phantom", safety.phantom);
        figures.put("oversold", safety.oversold);
        figures.put("moneyDriftCent", safety.moneyDriftCent);
        figures.put("frozenLeftCent", safety.frozenLeftCent);
        figures.put("reservationsLeft", safety.reservationsLeft);
        figures.put("mixedDecisions", safety.mixedDecisions);
        figures.put("doubleEffects", details.doubleEffects);
        figures.put("mispaidCent", details.mispaidCent);
        figures.put("mischargedCent", details.mischargedCent);
        figures.put("ledgerDriftCent", details.ledgerDriftCent);
        figures.put("unknownUnresolved", orders.unknown - orders.unknownResolved);
        List<String> broken = new ArrayList<>();
        figures.forEach((name, value) -> {
            if (value != 0) {
                broken.add(name + "=" + value + ", allowed: 0");
            }
        });
        return broken;
    }
}
