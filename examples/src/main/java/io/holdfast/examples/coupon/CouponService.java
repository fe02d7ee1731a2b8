package io.holdfast.examples.coupon;

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

/** The coupon service as a process of its own. Prints {@code listening PORT} when it is ready. */
@Command(name = "coupon-service", description = "The coupon service of the demo.")
public final class CouponService implements Callable<Integer> {
    @Mixin
    private ServiceOptions options = new ServiceOptions();

    public static void main(String[] args) {
        System.exit(new CommandLine(new CouponService()).execute(args));
    }

    /** What the service does, address by address. */
    static List<Route> routes(PlantedBug plant) {
        List<Route> routes = MallService.COUPON.routes(CouponTables::lock, CouponTables::confirm, CouponTables::unlock,
                CouponTables::use, CouponTables::giveBack);
        return plant == PlantedBug.COUPON_CANCEL_BURNS
                ? routes.stream().map(route -> route.doing(Operation.CANCEL, CouponTables::confirm)).toList()
                : routes;
    }

    @Override
    public Integer call() throws Exception {
        options.serve(routes(options.plant()));
        return CommandLine.ExitCode.OK;
    }
}
