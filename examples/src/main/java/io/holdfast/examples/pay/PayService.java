package io.holdfast.examples.pay;

import io.holdfast.api.Operation;
import io.holdfast.examples.fault.SeededHash;
import io.holdfast.examples.participant.Delivery;
import io.holdfast.examples.participant.LocalEffect;
import io.holdfast.examples.participant.Route;
import io.holdfast.examples.participant.ServiceOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The pay service as a process of its own. Prints {@code listening PORT} when it is ready. */
@Command(name = "pay-service", description = "The pay service of the demo.")
public final class PayService implements Callable<Integer> {
    /** Where Try, Confirm and Cancel of a payment are called. */
    public static final String TRY = "/tcc/try";
    public static final String CONFIRM = "/tcc/confirm";
    public static final String CANCEL = "/tcc/cancel";
    /** Where the Saga step of a payment and its compensation are called. */
    public static final String DEBIT = "/saga/debit";
    public static final String REFUND = "/saga/refund";

    private static final int DOUBLED_PERMILLE = 50;

    @Mixin
    private ServiceOptions options = new ServiceOptions();

    @Option(names = "--plant", defaultValue = "NONE", description = "A mistake to build in on purpose.")
    private PlantedBug plant = PlantedBug.NONE;

    public static void main(String[] args) {
        System.exit(new CommandLine(new PayService()).execute(args));
    }

    /** What the service does, address by address. */
    static List<Route> routes(PlantedBug plant) {
        LocalEffect confirm = plant == PlantedBug.DOUBLE_CONFIRM ? PayService::captureTwiceAtTimes : PayTables::capture;
        Route cancel = new Route(CANCEL, Operation.CANCEL, PayTables::release);
        return List.of(new Route(TRY, Operation.TRY, PayTables::freeze), new Route(CONFIRM, Operation.CONFIRM, confirm),
                plant == PlantedBug.NO_FENCE_CANCEL ? cancel.withoutFence() : cancel,
                new Route(DEBIT, Operation.ACTION, PayTables::debit),
                new Route(REFUND, Operation.COMPENSATE, PayTables::refund));
    }

    @Override
    public Integer call() throws Exception {
        options.serve(routes(plant));
        return CommandLine.ExitCode.OK;
    }

    private static void captureTwiceAtTimes(Connection connection, Delivery delivery) throws SQLException {
        PayTables.capture(connection, delivery);
        if (SeededHash.permille(0, delivery.gid()) < DOUBLED_PERMILLE) {
            PayTables.capture(connection, delivery);
        }
    }
}
