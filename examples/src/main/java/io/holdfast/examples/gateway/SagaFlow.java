package io.holdfast.examples.gateway;

import io.holdfast.examples.dtm.SagaStep;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.rest.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An order as Saga: hand over the steps on dtm's interface, then wait on the native one until it is known how they went. */
final class SagaFlow implements OrderFlow {
    private static final int PATIENCE_SECONDS = 30;
    private static final Duration ONE_WAIT = Duration.ofSeconds(5);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 800;

    private final PatientCoordinator coordinator;
    private final Services services;

    SagaFlow(PatientCoordinator coordinator, Services services) {
        this.coordinator = coordinator;
        this.services = services;
    }

    @Override
    public Outcome place(String gid, OrderTicket ticket) throws InterruptedException {
        return coordinator.submitSaga(gid, steps(ticket)) instanceof Reply.State
                ? awaitEnd(gid)
                : Outcome.unknown("no_answer_to_submit");
    }

    private List<SagaStep> steps(OrderTicket ticket) {
        String payload = ticket.toJson();
        return Services.route(ticket).stream().map(service -> new SagaStep(services.url(service, service.action()),
                services.url(service, service.compensation()), payload)).toList();
    }

    private Outcome awaitEnd(String gid) throws InterruptedException {
        long giveUpAtNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Pause pause = new Pause(FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS, PATIENCE_SECONDS);
        while (System.nanoTime() - giveUpAtNanos < 0) {
            if (coordinator.await(gid, ONE_WAIT) instanceof Reply.State state) {
                Outcome outcome = Outcome.of(state);
                if (outcome.told() != Outcome.Told.UNKNOWN) {
                    return outcome;
                }
            } else if (!pause.goOn()) {
                break;
            }
        }
        return Outcome.unknown("still_running");
    }
}
