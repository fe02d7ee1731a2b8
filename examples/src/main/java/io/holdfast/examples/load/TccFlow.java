package io.holdfast.examples.load;

import io.holdfast.examples.dtm.CoordinatorAnswer;
import io.holdfast.examples.dtm.Found;
import io.holdfast.examples.dtm.TccBranch;
import io.holdfast.examples.order.OrderService;
import io.holdfast.examples.pay.PayService;
import java.net.URI;
import java.util.List;

/** An order as TCC: begin, register both branches, try both, decide. */
final class TccFlow implements OrderFlow {
    private record Leg(URI tryUrl, TccBranch branch) {}

    private final PatientCoordinator coordinator;
    private final TryCaller participants;
    private final Services services;

    TccFlow(PatientCoordinator coordinator, TryCaller participants, Services services) {
        this.coordinator = coordinator;
        this.participants = participants;
        this.services = services;
    }

    @Override
    public Outcome place(PlannedOrder order) throws InterruptedException {
        String gid = order.gid();
        switch (coordinator.prepareTcc(gid)) {
            case CoordinatorAnswer.Done _ -> {
                // on to the branches
            }
            case CoordinatorAnswer.Refused _ -> {
                return learn(gid);
            }
            case CoordinatorAnswer.Unknown _ -> {
                return Outcome.unknown("no_answer_to_begin");
            }
        }
        List<Leg> legs = legs(order);
        for (Leg leg : legs) {
            if (!(coordinator.registerBranch(gid, leg.branch) instanceof CoordinatorAnswer.Done)) {
                return cancel(gid, "branch_not_registered");
            }
        }
        for (Leg leg : legs) {
            switch (participants.call(leg.tryUrl, gid, leg.branch.branchId(), leg.branch.payload())) {
                case TryAnswer.Held _ -> {
                    // on to the next branch
                }
                case TryAnswer.Rejected(String reason) -> {
                    return cancel(gid, reason);
                }
                case TryAnswer.Unknown _ -> {
                    return cancel(gid, "no_answer_to_try");
                }
            }
        }
        return confirm(gid);
    }

    private Outcome confirm(String gid) throws InterruptedException {
        return switch (coordinator.submitTcc(gid)) {
            case CoordinatorAnswer.Done _ -> Outcome.confirmed();
            case CoordinatorAnswer.Refused _ -> learn(gid);
            case CoordinatorAnswer.Unknown _ -> Outcome.unknown("no_answer_to_submit");
        };
    }

    private Outcome cancel(String gid, String reason) throws InterruptedException {
        return switch (coordinator.abortTcc(gid, reason)) {
            case CoordinatorAnswer.Done _ -> Outcome.rejected(reason);
            case CoordinatorAnswer.Refused _ -> learn(gid);
            case CoordinatorAnswer.Unknown _ -> Outcome.unknown("no_answer_to_abort");
        };
    }

    /** The decision has fallen already, perhaps by an earlier attempt of ours: it has to be asked for. */
    private Outcome learn(String gid) throws InterruptedException {
        if (!(coordinator.queryPatiently(gid) instanceof Found.Transaction transaction)) {
            return Outcome.unknown("no_answer_to_query");
        }
        if (transaction.isTakenBack()) {
            return Outcome.takenBack(transaction);
        }
        return transaction.status().equals("prepared") ? Outcome.unknown("undecided") : Outcome.confirmed();
    }

    private List<Leg> legs(PlannedOrder order) {
        String payload = order.ticket().toJson();
        Leg book = new Leg(services.order().resolve(OrderService.TRY),
                new TccBranch("01", services.order().resolve(OrderService.CONFIRM),
                        services.order().resolve(OrderService.CANCEL), payload));
        Leg pay = new Leg(services.pay().resolve(PayService.TRY), new TccBranch("02",
                services.pay().resolve(PayService.CONFIRM), services.pay().resolve(PayService.CANCEL), payload));
        return order.paysFirst() ? List.of(pay, book) : List.of(book, pay);
    }
}
