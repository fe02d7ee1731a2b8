package io.holdfast.server.dtm;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.server.participant.AddressGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Saga: submit begins it and it runs at once. */
final class DtmSaga {

    private final AddressGuard guard;
    private final int maxBranches;

    DtmSaga(AddressGuard guard, int maxBranches) {
        this.guard = guard;
        this.maxBranches = maxBranches;
    }

    CompletableFuture<AggregatedHttpResponse> submit(DtmRequest request) throws DtmProblem {
        DtmOptions options = DtmOptions.of(Mode.SAGA, request.body(), request.headers());
        List<BranchSpec> branches = DtmBranches.saga(request.body(), maxBranches);
        Command.Begin begin = new Command.Begin(DtmIds.gid(request.body()), Mode.SAGA, options.deadlineMillis(),
                options.policy(), DtmSagaOrder.of(options, branches.size()), options.attributes(), branches);
        List<String> urls = new ArrayList<>(branches.size() * 2);
        branches.forEach(branch -> {
            urls.add(branch.forwardUrl());
            urls.add(branch.backwardUrl());
        });
        return guard.check(urls).thenCompose(rejected -> rejected != null
                ? CompletableFuture.completedFuture(new DtmProblem(rejected.code(), rejected.getMessage() + "", null)
                        .answer())
                : request.coordinator().submit(begin).thenCompose(reply -> submitted(request, options, reply)));
    }

    private static CompletableFuture<AggregatedHttpResponse> submitted(DtmRequest request, DtmOptions options,
            Reply reply) {
        return switch (reply) {
            case Reply.Done done -> {
                State state = done.transaction().state();
                if (!done.changed() && state != State.RUNNING) {
                    yield CompletableFuture.completedFuture(DtmAnswers.cannotSubmit(state));
                }
                yield options.attributes().waitResult()
                        ? DtmWait.forSaga(request.coordinator(), done.transaction())
                        : CompletableFuture.completedFuture(DtmAnswers.success());
            }
            case Reply.Refused refused -> {
                Transaction inTheWay = refused.transaction();
                yield CompletableFuture.completedFuture(inTheWay == null
                        ? DtmAnswers.refused(refused)
                        : DtmAnswers.cannotSubmit(inTheWay.state()));
            }
            case Reply.Noted noted -> throw DtmTcc.unexpected(noted);
            case Reply.LookAgain again -> throw DtmTcc.unexpected(again);
            case Reply.Alive alive -> throw DtmTcc.unexpected(alive);
        };
    }
}
