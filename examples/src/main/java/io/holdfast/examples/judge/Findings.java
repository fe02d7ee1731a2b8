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
 * @param effects in how many branches of each service each operation took effect, by their names; what never took effect was
 *                not judged
 */
public record Findings(Orders orders, Safety safety, Details details, Map<String, Map<String, Long>> effects) {
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
     * @param oversold         goods of which more are sold or held than there were, and negative quantities and balances
     * @param moneyDriftCent   by how much the sum of all balances has changed
     * @param frozenLeftCent   money still frozen (negative amounts count as well)
     * @param reservationsLeft pending orders, open holds on money and goods, and locked coupons
     * @param mixedDecisions   transactions of which one part stands and another does not: order, payment, goods, coupon
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
     * @param misdelivered    by how many pieces what was sold differs from what confirmed orders asked for
     * @param stockDrift      by how many pieces quantities differ from their log and from what there was at first
     * @param misordered      orders of which buyer, item, quantity, coupon or amount is not what the client asked for
     * @param wrongMerchantCent what merchants got for orders with somebody else
     * @param wrongCoupons    coupons used for somebody who does not own them or did not ask for them
     */
    public record Details(long doubleEffects, long mispaidCent, long mischargedCent, long ledgerDriftCent,
            long misdelivered, long stockDrift, long misordered, long wrongMerchantCent, long wrongCoupons) {}

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
        figures.put("misdelivered", details.misdelivered);
        figures.put("stockDrift", details.stockDrift);
        figures.put("misordered", details.misordered);
        figures.put("wrongMerchantCent", details.wrongMerchantCent);
        figures.put("wrongCoupons", details.wrongCoupons);
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
