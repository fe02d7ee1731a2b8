package io.holdfast.examples.order;

import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.Route;
import io.holdfast.examples.participant.ServiceOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The order service as a process of its own. Prints {@code listening PORT} when it is ready. */
@Command(name = "order-service", description = "The order service of the demo.")
public final class OrderService implements Callable<Integer> {
    @Mixin
    private ServiceOptions options = new ServiceOptions();

    public static void main(String[] args) {
        System.exit(new CommandLine(new OrderService()).execute(args));
    }

    /** What the service does, address by address. */
    static List<Route> routes(PlantedBug plant) {
        List<Route> routes = MallService.ORDER.routes(OrderTables::insertPending, OrderTables::confirm,
                OrderTables::cancel, OrderTables::insertConfirmed, OrderTables::cancel);
        return plant == PlantedBug.ORDER_WITHOUT_FENCE ? routes.stream().map(Route::withoutFence).toList() : routes;
    }

    @Override
    public Integer call() throws Exception {
        options.serve(routes(options.plant()));
        return CommandLine.ExitCode.OK;
    }
}
