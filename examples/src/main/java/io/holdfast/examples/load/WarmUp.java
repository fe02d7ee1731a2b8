package io.holdfast.examples.load;

import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.gateway.OrderRequest;
import io.holdfast.examples.gateway.Pause;
import io.holdfast.examples.market.Market;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;

/**
 * Lets all processes load their classes and compile what is needed most before the clock starts: a load that does not wait for
 * answers would otherwise pile up before cold virtual machines. Its buyers have no money, so every order is rejected and nothing
 * remains of it; and above all the gateway says no, which it has to do quickly when there is no room.
 */
public final class WarmUp {
    private static final int AT_ONCE = 4;
    /** Enough for the compilers of the gateway and of this process; some seconds on a slow machine. */
    private static final int REFUSALS = 3_000;
    private static final int END_SECONDS = 30;
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final Market market;
    private final GatewayClient gateway;

    public WarmUp(Market market, GatewayClient gateway) {
        this.market = market;
        this.gateway = gateway;
    }

    /** Places the orders and waits until they have been rejected; calls of {@link FaultPlan#UNDISTURBED} meet no fault. */
    public void run() {
        inParallel(Market.HOPELESS_ORDERS, i -> place(market.hopelessOrder(i)));
        inParallel(REFUSALS, i -> beRefused(market.impossibleOrder(i)));
    }

    private static void inParallel(int count, IntConsumer work) {
        try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < count; i++) {
                int index = i;
                clients.execute(() -> work.accept(index));
            }
        }
    }

    private void beRefused(OrderRequest order) {
        try {
            gateway.place(order);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void place(OrderRequest order) {
        try {
            Pause pause = new Pause(FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS, END_SECONDS);
            while (!(gateway.place(order) instanceof Answer.Known) && pause.goOn()) {
                // sent again after each pause
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
