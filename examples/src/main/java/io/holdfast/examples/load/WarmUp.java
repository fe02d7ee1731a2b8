package io.holdfast.examples.load;

import io.holdfast.examples.dtm.Found;
import io.holdfast.examples.fault.FaultPlan;
import java.net.http.HttpClient;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Lets all processes load their classes before the clock starts: a load that does not wait for answers would otherwise
 * pile up before cold virtual machines. Its buyers have no money, so every order is rejected and nothing remains of it.
 */
public final class WarmUp {
    static final int ORDERS = 120;
    private static final int AT_ONCE = 4;
    private static final int END_SECONDS = 30;
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final PatientCoordinator coordinator;
    private final Market market;
    private final OrderFlow tcc;
    private final OrderFlow saga;

    public WarmUp(Market market, PatientCoordinator coordinator, HttpClient http, Services services) {
        this.market = market;
        this.coordinator = coordinator;
        this.tcc = new TccFlow(coordinator, new TryCaller(http), services);
        this.saga = new SagaFlow(coordinator, services);
    }

    /** Places the orders and waits until they have been rejected; calls of {@link FaultPlan#UNDISTURBED} meet no fault. */
    public void run() {
        try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < ORDERS; i++) {
                PlannedOrder order = market.hopelessOrder(i);
                clients.execute(() -> place(order));
            }
        }
    }

    private void place(PlannedOrder order) {
        try {
            (order.isTcc() ? tcc : saga).place(order);
            Pause pause = new Pause(FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS, END_SECONDS);
            while (!isFinished(order) && pause.goOn()) {
                // asked again after each pause
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isFinished(PlannedOrder order) throws InterruptedException {
        return coordinator.query(order.gid()) instanceof Found.Transaction transaction && transaction.isFinished();
    }
}
