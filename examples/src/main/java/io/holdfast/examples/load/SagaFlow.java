package io.holdfast.examples.load;

import io.holdfast.examples.dtm.CoordinatorAnswer;
import io.holdfast.examples.dtm.Found;
import io.holdfast.examples.dtm.SagaStep;
import io.holdfast.examples.order.OrderService;
import io.holdfast.examples.pay.PayService;
import java.util.List;

/** An order as Saga: hand over two steps, then ask until it is known how they went. */
final class SagaFlow implements OrderFlow {
    private static final int PATIENCE_SECONDS = 40;
    private static final long FIRST_PAUSE_MILLIS = 15;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final PatientCoordinator coordinator;
    private final Services services;

    SagaFlow(PatientCoordinator coordinator, Services services) {
        this.coordinator = coordinator;
        this.services = services;
    }

    @Override
    public Outcome place(PlannedOrder order) throws InterruptedException {
        return switch (coordinator.submitSaga(order.gid(), steps(order))) {
            // Refused: an earlier attempt of ours went through, and the Saga has gone on since.
            case CoordinatorAnswer.Refused _ -> awaitEnd(order.gid());
            case CoordinatorAnswer.Done _ -> awaitEnd(order.gid());
            case CoordinatorAnswer.Unknown _ -> Outcome.unknown("no_answer_to_submit");
        };
    }

    private List<SagaStep> steps(PlannedOrder order) {
        String payload = order.ticket().toJson();
        SagaStep create = new SagaStep(services.order().resolve(OrderService.CREATE),
                services.order().resolve(OrderService.REVOKE), payload);
        SagaStep debit = new SagaStep(services.pay().resolve(PayService.DEBIT),
                services.pay().resolve(PayService.REFUND), payload);
        return order.paysFirst() ? List.of(debit, create) : List.of(create, debit);
    }

    private Outcome awaitEnd(String gid) throws InterruptedException {
        Pause pause = new Pause(FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS, PATIENCE_SECONDS);
        do {
            if (coordinator.query(gid) instanceof Found.Transaction transaction) {
                if (transaction.isTakenBack()) {
                    return Outcome.takenBack(transaction);
                }
                if (transaction.isFinished()) {
                    return Outcome.confirmed();
                }
            }
        } while (pause.goOn());
        return Outcome.unknown("still_running");
    }
}
