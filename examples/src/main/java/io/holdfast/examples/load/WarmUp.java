package io.holdfast.examples.load;

import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.gateway.OrderRequest;
import io.holdfast.examples.gateway.Pause;
import io.holdfast.examples.market.Market;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Lets all processes load their classes before the clock starts: a load that does not wait for answers would otherwise
 * pile up before cold virtual machines. Its buyers have no money, so every order is rejected and nothing remains of it.
 */
public final class WarmUp {
    private static final int AT_ONCE = 4;
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
        try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < Market.HOPELESS_ORDERS; i++) {
                OrderRequest order = market.hopelessOrder(i);
                clients.execute(() -> place(order));
            }
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
