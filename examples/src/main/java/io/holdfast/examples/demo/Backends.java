package io.holdfast.examples.demo;

import io.holdfast.examples.coupon.CouponTables;
import io.holdfast.examples.market.Market;
import io.holdfast.examples.market.OpeningStock;
import io.holdfast.examples.order.OrderTables;
import io.holdfast.examples.participant.Databases;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.pay.PayTables;
import io.holdfast.examples.process.EmbeddedDatabase;
import io.holdfast.examples.process.MariaDbServer;
import io.holdfast.examples.process.MissingMeansException;
import io.holdfast.examples.process.WorkDirectory;
import io.holdfast.examples.stock.StockTables;
import io.holdfast.fence.Dialect;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The databases of the services, each its own, with what they hold before the first order.
 *
 * @param urls their JDBC URLs
 */
record Backends(Map<MallService, String> urls) {
    /**
     * Starts the servers that are needed and creates all databases.
     *
     * @throws MissingMeansException if the machine lacks one of them
     */
    static Backends create(Components components, Market market, WorkDirectory directory)
            throws MissingMeansException, IOException, SQLException, InterruptedException {
        MariaDbServer mariaDb = components == Components.REAL ? MariaDbServer.start(directory) : null;
        EmbeddedDatabase postgres = EmbeddedDatabase.start(directory);
        Map<MallService, String> urls = new EnumMap<>(MallService.class);
        for (MallService service : MallService.values()) {
            String name = "mall_" + service.wireName();
            boolean isInMariaDb = service == MallService.ORDER || service == MallService.PAY;
            if (mariaDb != null && isInMariaDb) {
                urls.put(service, mariaDb.url(name));
            } else {
                postgres.createDatabase(name);
                urls.put(service, postgres.url(name));
            }
        }
        Backends backends = new Backends(urls);
        for (MallService service : MallService.values()) {
            fill(service, backends.url(service), market);
        }
        return backends;
    }

    String url(MallService service) {
        return Objects.requireNonNull(urls.get(service), () -> service + " has no database");
    }

    private static void fill(MallService service, String url, Market market) throws SQLException {
        Dialect dialect = Databases.dialectOf(url);
        try (Connection connection = DriverManager.getConnection(url)) {
            switch (service) {
                case ORDER -> OrderTables.create(connection, dialect);
                case PAY -> {
                    PayTables.create(connection, dialect);
                    OpeningStock.openAccounts(market, connection);
                }
                case STOCK -> {
                    StockTables.create(connection);
                    OpeningStock.putOnSale(market, connection);
                }
                case COUPON -> {
                    CouponTables.create(connection);
                    OpeningStock.issueCoupons(market, connection);
                }
            }
        }
    }
}
