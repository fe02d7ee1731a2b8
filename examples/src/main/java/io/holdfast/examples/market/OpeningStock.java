package io.holdfast.examples.market;

import io.holdfast.examples.coupon.CouponTables;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.pay.PayTables;
import io.holdfast.examples.stock.RedisStock;
import io.holdfast.examples.stock.StockTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** What the services' databases hold before the first order. */
public final class OpeningStock {
    private static final long RICH_CENT = 1_000_000_000L;
    private static final long POOR_CENT = 10_000;

    private OpeningStock() {
    }

    /** Opens all accounts. */
    public static void openAccounts(Market market, Connection pay) throws SQLException {
        pay.setAutoCommit(false);
        for (int i = 1; i <= Market.RICH_USERS; i++) {
            PayTables.open(pay, OrderTicket.account(i), "user", RICH_CENT);
        }
        for (int i = 0; i < Market.POOR_USERS; i++) {
            PayTables.open(pay, OrderTicket.account(Market.FIRST_POOR + i), "user", POOR_CENT);
        }
        for (int i = 0; i < Market.HOPELESS_ORDERS; i++) {
            PayTables.open(pay, OrderTicket.account(Market.penniless(i)), "user", 0);
        }
        for (int i = 0; i < Catalogue.MERCHANTS; i++) {
            PayTables.open(pay, market.catalogue().merchant(i), "merchant", 0);
        }
        pay.commit();
    }

    /** Puts all goods on sale. */
    public static void putOnSale(Market market, Connection stock) throws SQLException {
        Catalogue catalogue = market.catalogue();
        stock.setAutoCommit(false);
        for (long skuId : catalogue.skus().toArray()) {
            StockTables.putOnSale(stock, skuId, catalogue.merchant(skuId), catalogue.isHot(skuId),
                    catalogue.initialQty(skuId));
        }
        stock.commit();
    }

    /** Puts the hot goods on sale in Redis as well, from where they are sold then. */
    public static void putHotOnSale(Market market, RedisStock redis) {
        Catalogue catalogue = market.catalogue();
        catalogue.skus().filter(catalogue::isHot)
                .forEach(skuId -> redis.putOnSale(skuId, catalogue.initialQty(skuId)));
    }

    /** Gives out all coupons. */
    public static void issueCoupons(Market market, Connection coupon) throws SQLException {
        coupon.setAutoCommit(false);
        for (Map.Entry<String, Long> owned : market.couponOwners().entrySet()) {
            CouponTables.issue(coupon, owned.getKey(), owned.getValue(), market.catalogue().faceCent(owned.getKey()));
        }
        coupon.commit();
    }
}
