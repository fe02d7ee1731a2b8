package io.holdfast.examples.stock;

import io.holdfast.api.Operation;
import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.Route;
import io.holdfast.examples.participant.ServiceOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The stock service as a process of its own. Prints {@code listening PORT} when it is ready. */
@Command(name = "stock-service", description = "The stock service of the demo.")
public final class StockService implements Callable<Integer> {
    @Mixin
    private ServiceOptions options = new ServiceOptions();

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
        options.serve(routes(options.plant()));
        return CommandLine.ExitCode.OK;
    }
}
