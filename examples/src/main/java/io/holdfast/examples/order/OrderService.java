package io.holdfast.examples.order;

import io.holdfast.api.Operation;
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
    /** Where Try, Confirm and Cancel of an order are called. */
    public static final String TRY = "/tcc/try";
    public static final String CONFIRM = "/tcc/confirm";
    public static final String CANCEL = "/tcc/cancel";
    /** Where the Saga step of an order and its compensation are called. */
    public static final String CREATE = "/saga/create";
    public static final String REVOKE = "/saga/revoke";

    @Mixin
    private ServiceOptions options = new ServiceOptions();

    public static void main(String[] args) {
        System.exit(new CommandLine(new OrderService()).execute(args));
    }

    /** What the service does, address by address. */
    static List<Route> routes() {
        return List.of(new Route(TRY, Operation.TRY, OrderTables::insertPending),
                new Route(CONFIRM, Operation.CONFIRM, OrderTables::confirm),
                new Route(CANCEL, Operation.CANCEL, OrderTables::cancel),
                new Route(CREATE, Operation.ACTION, OrderTables::insertConfirmed),
                new Route(REVOKE, Operation.COMPENSATE, OrderTables::cancel));
    }

    @Override
    public Integer call() throws Exception {
        options.serve(routes());
        return CommandLine.ExitCode.OK;
    }
}
