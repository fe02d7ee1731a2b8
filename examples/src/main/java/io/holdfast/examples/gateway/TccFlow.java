package io.holdfast.examples.gateway;

import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.rest.Branch;
import io.holdfast.examples.rest.Reply;
import java.util.List;

/** An order as TCC over the native interface: begin with all branches, try them one by one, decide. */
final class TccFlow implements OrderFlow {
    private final PatientCoordinator coordinator;
    private final TryCaller participants;
    private final Services services;
    private final PlantedBug plant;

    TccFlow(PatientCoordinator coordinator, TryCaller participants, Services services, PlantedBug plant) {
        this.coordinator = coordinator;
        this.participants = participants;
        this.services = services;
        this.plant = plant;
    }

    @Override
    public Outcome place(String gid, OrderTicket ticket) throws InterruptedException {
        return switch (coordinator.begin(gid, branches(ticket))) {
            // Also if it began long ago, by a gateway that is no more: the fences know which Trys there have been.
            case Reply.State state when state.state().equals("TRYING") -> tryAndDecide(gid, ticket);
            case Reply.State state -> Outcome.of(state);
            // A request under the same id with other contents has the outcome of the first one.
            case Reply.Refused refused -> refused.state() == null ? learn(gid) : Outcome.of(refused.state());
            case Reply.Missing _ -> Outcome.unknown("no_answer_to_begin");
            case Reply.Unknown _ -> Outcome.unknown("no_answer_to_begin");
        };
    }

    private Outcome tryAndDecide(String gid, OrderTicket ticket) throws InterruptedException {
        String payload = ticket.toJson();
        for (MallService service : Services.route(ticket)) {
            switch (participants.call(services.url(service, MallService.TRY), gid, service.branchId(), payload)) {
                case TryAnswer.Held _ -> {
                    // on to the next branch
                }
                case TryAnswer.Rejected(String reason) -> {
                    return decided(gid, coordinator.cancel(gid, reason));
                }
                case TryAnswer.Unknown _ -> {
                    return decided(gid, coordinator.cancel(gid, "no_answer_to_try"));
                }
            }
        }
        return decided(gid, coordinator.confirm(gid));
    }

    /** Whatever was asked for: what counts is the decision that stands. */
    private Outcome decided(String gid, Reply reply) throws InterruptedException {
        return switch (reply) {
            case Reply.State state -> Outcome.of(state);
            case Reply.Refused refused -> refused.state() == null ? learn(gid) : Outcome.of(refused.state());
            case Reply.Missing _ -> Outcome.unknown("no_answer_to_decision");
            case Reply.Unknown _ -> Outcome.unknown("no_answer_to_decision");
        };
    }

    private Outcome learn(String gid) throws InterruptedException {
        return coordinator.get(gid) instanceof Reply.State state
                ? Outcome.of(state)
                : Outcome.unknown("no_answer_to_query");
    }

    private List<Branch> branches(OrderTicket ticket) {
        String payload = ticket.toJson();
        return Services.route(ticket).stream()
                .filter(service -> plant != PlantedBug.GATEWAY_FORGETS_A_BRANCH || service != MallService.STOCK)
                .map(service -> new Branch(service.branchId(), services.url(service, MallService.CONFIRM),
                        services.url(service, MallService.CANCEL), payload))
                .toList();
    }
}
