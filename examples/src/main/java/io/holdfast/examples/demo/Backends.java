package io.holdfast.examples.demo;

import io.holdfast.components.MariaDbServer;
import io.holdfast.components.MissingProgramException;
import io.holdfast.components.PostgresServer;
import io.holdfast.components.RedisServer;
import io.holdfast.examples.coupon.CouponTables;
import io.holdfast.examples.market.Market;
import io.holdfast.examples.market.OpeningStock;
import io.holdfast.examples.order.OrderTables;
import io.holdfast.examples.participant.Databases;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.pay.PayTables;
import io.holdfast.examples.process.EmbeddedDatabase;
import io.holdfast.examples.process.MissingMeansException;
import io.holdfast.examples.process.WorkDirectory;
import io.holdfast.examples.stock.RedisStock;
import io.holdfast.examples.stock.StockTables;
import io.holdfast.fence.Dialect;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The databases of the services, each its own, with what they hold before the first order.
 *
 * @param urls      their JDBC URLs
 * @param redisPort of the Redis that has the hot goods; null where the database of the stock service has them
 */
record Backends(Map<MallService, String> urls, @Nullable Integer redisPort) {
    /** A database server in which each service gets a database. */
    private interface DatabaseServer {
        String url(String database);
    }

    /**
     * Starts the servers that are needed and creates all databases.
     *
     * @throws MissingMeansException if the machine lacks one of them
     */
    static Backends create(Components components, Market market, WorkDirectory directory)
            throws MissingMeansException, IOException, SQLException, InterruptedException {
        Backends backends = switch (components) {
            case EMBEDDED -> {
                EmbeddedDatabase postgres = EmbeddedDatabase.start(directory);
                yield new Backends(urls(postgres::url, postgres::url), null);
            }
            case REAL -> startReal(directory);
        };
        for (MallService service : MallService.values()) {
            fill(service, backends.url(service), market);
        }
        if (backends.redisPort != null) {
            try (RedisStock redis = RedisStock.connect(backends.redisPort)) {
                OpeningStock.putHotOnSale(market, redis);
            }
        }
        return backends;
    }

    String url(MallService service) {
        return Objects.requireNonNull(urls.get(service), () -> service + " has no database");
    }

    private static Backends startReal(WorkDirectory directory)
            throws MissingMeansException, IOException, SQLException, InterruptedException {
        try {
            // The quick ones first, for those who lack something.
            RedisServer redis = RedisServer.start(directory, "--appendonly", "yes", "--appendfsync", "always",
                    "--maxmemory-policy", "noeviction");
            PostgresServer postgres = PostgresServer.start(directory);
            MariaDbServer mariaDb = MariaDbServer.start(directory, "--max-connections=80");
            return new Backends(urls(mariaDb::url, postgres::url), redis.port());
        } catch (MissingProgramException e) {
            throw new MissingMeansException(e);
        }
    }

    /** Creates a database for each service. */
    private static Map<MallService, String> urls(DatabaseServer ordersAndMoney, DatabaseServer postgres)
            throws SQLException {
        Map<MallService, String> urls = new EnumMap<>(MallService.class);
        for (MallService service : MallService.values()) {
            DatabaseServer server = switch (service) {
                case ORDER, PAY -> ordersAndMoney;
                case STOCK, COUPON -> postgres;
            };
            String name = "mall_" + service.wireName();
            String url = server.url(name);
            // MariaDB's driver creates it with the first connection.
            if (Databases.dialectOf(url) == Dialect.POSTGRESQL) {
                try (Connection connection = DriverManager.getConnection(server.url("postgres"));
                        Statement statement = connection.createStatement()) {
                    statement.execute("CREATE DATABASE " + name);
                }
            }
            urls.put(service, url);
        }
        return urls;
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
