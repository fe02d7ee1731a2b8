package io.holdfast.examples.pay;

import io.holdfast.api.Operation;
import io.holdfast.examples.participant.LocalEffect;
import io.holdfast.examples.participant.Route;
import io.holdfast.examples.participant.ServiceOptions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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

    @Mixin
    private ServiceOptions options = new ServiceOptions();

    @Option(names = "--plant", defaultValue = "NONE", description = "A mistake to build in on purpose.")
    private PlantedBug plant = PlantedBug.NONE;

    public static void main(String[] args) {
        System.exit(new CommandLine(new PayService()).execute(args));
    }

    /** What the service does, address by address. */
    static List<Route> routes(PlantedBug plant) {
        return Stream
                .of(new Route(TRY, Operation.TRY, PayTables::freeze),
                        new Route(CONFIRM, Operation.CONFIRM, PayTables::capture),
                        new Route(CANCEL, Operation.CANCEL, PayTables::release),
                        new Route(DEBIT, Operation.ACTION, PayTables::debit),
                        new Route(REFUND, Operation.COMPENSATE, PayTables::refund))
                .map(route -> planted(route, plant)).toList();
    }

    private static Route planted(Route route, PlantedBug plant) {
        return switch (plant) {
            case NONE -> route;
            case NO_FENCE -> route.withoutFence();
            case NO_FENCE_CANCEL -> route.operation() == Operation.CANCEL ? route.withoutFence() : route;
            case DOUBLE_CONFIRM -> instead(route, Operation.CONFIRM, PlantedEffects::captureTwiceAtTimes);
            case CANCEL_TRIES_AGAIN -> instead(route, Operation.CANCEL, PayTables::freeze);
            case LOST_UPDATE -> instead(route, Operation.CONFIRM, PlantedEffects::captureByReadingAndWriting);
            case WRONG_REFUND -> instead(route, Operation.COMPENSATE, PlantedEffects::refundSomebodyElse);
        };
    }

    private static Route instead(Route route, Operation operation, LocalEffect effect) {
        return route.operation() == operation ? new Route(route.path(), operation, effect) : route;
    }

    @Override
    public Integer call() throws Exception {
        options.serve(routes(plant));
        return CommandLine.ExitCode.OK;
    }
}
