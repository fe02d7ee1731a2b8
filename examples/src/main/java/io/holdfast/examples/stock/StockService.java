package io.holdfast.examples.stock;

import io.holdfast.api.Operation;
import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.Route;
import io.holdfast.examples.participant.ServiceOptions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The stock service as a process of its own. Prints {@code listening PORT} when it is ready. */
@Command(name = "stock-service", description = "The stock service of the demo.")
public final class StockService implements Callable<Integer> {
    @Mixin
    private ServiceOptions options = new ServiceOptions();

    @Option(names = "--redis-port", description = "Of a Redis on this machine with the stock of the hot goods; without it they are in the"
            + " database too.")
    private @Nullable Integer redisPort;

    public static void main(String[] args) {
        System.exit(new CommandLine(new StockService()).execute(args));
    }

    /** What the service does, address by address. */
    static List<Route> routes(PlantedBug plant) {
        List<Route> routes = MallService.STOCK.routes(StockTables::reserve, StockTables::sell, StockTables::release,
                StockTables::take, StockTables::putBack);
        if (plant == PlantedBug.STOCK_WITHOUT_CHECK) {
            return routes.stream().map(route -> route.doing(Operation.TRY, StockTables::reserveUnchecked)
                    .doing(Operation.ACTION, StockTables::takeUnchecked)).toList();
        }
        if (plant == PlantedBug.CONFIRM_DOES_NOTHING) {
            return routes.stream().map(route -> route.doing(Operation.CONFIRM, (connection, delivery) -> {
                // says yes, and that is all
            })).toList();
        }
        return routes;
    }

    @Override
    public Integer call() throws Exception {
        List<Route> routes = routes(options.plant());
        if (redisPort == null) {
            options.serve(routes);
        } else {
            serveWithRedis(routes, redisPort);
        }
        return CommandLine.ExitCode.OK;
    }

    private void serveWithRedis(List<Route> routes, int port) throws SQLException, IOException {
        Set<Long> hotSkus;
        try (Connection connection = DriverManager.getConnection(options.jdbcUrl())) {
            hotSkus = StockTables.hotSkus(connection);
        }
        try (RedisStock redis = RedisStock.connect(port)) {
            options.serve(routes, database -> new HotAndColdStock(hotSkus, redis, database));
        }
    }
}
