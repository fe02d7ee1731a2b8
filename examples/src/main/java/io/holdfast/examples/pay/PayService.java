package io.holdfast.examples.pay;

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

/** The pay service as a process of its own. Prints {@code listening PORT} when it is ready. */
@Command(name = "pay-service", description = "The pay service of the demo.")
public final class PayService implements Callable<Integer> {
    @Mixin
    private ServiceOptions options = new ServiceOptions();

    public static void main(String[] args) {
        System.exit(new CommandLine(new PayService()).execute(args));
    }

    /** What the service does, address by address. */
    static List<Route> routes(PlantedBug plant) {
        return MallService.PAY.routes(PayTables::freeze, PayTables::capture, PayTables::release, PayTables::debit,
                PayTables::refund).stream().map(route -> planted(route, plant)).toList();
    }

    private static Route planted(Route route, PlantedBug plant) {
        return switch (plant) {
            case NO_FENCE -> route.withoutFence();
            case NO_FENCE_CANCEL -> route.operation() == Operation.CANCEL ? route.withoutFence() : route;
            case DOUBLE_CONFIRM -> route.doing(Operation.CONFIRM, PlantedEffects::captureTwiceAtTimes);
            case CANCEL_TRIES_AGAIN -> route.doing(Operation.CANCEL, PayTables::freeze);
            case LOST_UPDATE -> route.doing(Operation.CONFIRM, PlantedEffects::captureByReadingAndWriting);
            case WRONG_REFUND -> route.doing(Operation.COMPENSATE, PlantedEffects::refundSomebodyElse);
            case NONE, ORDER_WITHOUT_FENCE, STOCK_WITHOUT_CHECK, CONFIRM_DOES_NOTHING, COUPON_CANCEL_BURNS,
                    GATEWAY_FORGETS_A_BRANCH, GATEWAY_PLACES_TWICE ->
                route;
        };
    }

    @Override
    public Integer call() throws Exception {
        options.serve(routes(options.plant()));
        return CommandLine.ExitCode.OK;
    }
}
