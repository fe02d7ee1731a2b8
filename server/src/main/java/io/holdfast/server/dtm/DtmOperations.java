package io.holdfast.server.dtm;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.holdfast.api.ErrorCode;
import io.holdfast.core.Command;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import java.util.concurrent.CompletableFuture;

/**
 * What operators may order on this wire. forceStop settles by hand: nothing is called any more, no decision is changed, and
 * the order stands in the audit trail.
 */
final class DtmOperations {

    private static final String ACTOR = "dtm-http";

    private DtmOperations() {
    }

    static CompletableFuture<AggregatedHttpResponse> forceStop(DtmRequest request) throws DtmProblem {
        return operate(request, OperatorAction.SETTLE, "forceStop on the dtm wire");
    }

    static CompletableFuture<AggregatedHttpResponse> resetNextCronTime(DtmRequest request) throws DtmProblem {
        return operate(request, OperatorAction.RETRY, "resetNextCronTime on the dtm wire");
    }

    private static CompletableFuture<AggregatedHttpResponse> operate(DtmRequest request, OperatorAction action,
            String reason) throws DtmProblem {
        String gid = DtmIds.gid(request.body());
        return request.coordinator().submit(new Command.Operate(gid, action, ACTOR, reason))
                .thenApply(reply -> switch (reply) {
                    case Reply.Done done -> done.changed() || action == OperatorAction.RETRY
                            ? DtmAnswers.success()
                            : DtmAnswers.cannotForceStop(done.transaction().state());
                    case Reply.Refused refused -> refused(gid, action, refused);
                    case Reply.Noted noted -> throw DtmTcc.unexpected(noted);
                    case Reply.LookAgain again -> throw DtmTcc.unexpected(again);
                    case Reply.Alive alive -> throw DtmTcc.unexpected(alive);
                });
    }

    private static AggregatedHttpResponse refused(String gid, OperatorAction action, Reply.Refused refused) {
        Transaction inTheWay = refused.transaction();
        if (inTheWay != null && action == OperatorAction.SETTLE) {
            return DtmAnswers.cannotForceStop(inTheWay.state());
        }
        return refused.code() == ErrorCode.NOT_FOUND ? DtmAnswers.unknownGid(gid) : DtmAnswers.refused(refused);
    }
}
