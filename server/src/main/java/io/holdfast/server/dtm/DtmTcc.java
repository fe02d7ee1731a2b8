package io.holdfast.server.dtm;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Transaction;
import io.holdfast.server.participant.AddressGuard;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * TCC: prepare begins, registerBranch registers, submit and abort decide.
 * <p>
 * Where it differs from dtm on purpose: submit of a gid that was never prepared (or was forgotten) is refused. dtm would
 * create a transaction without branches and report success, though nothing of what was tried is ever confirmed. And a branch
 * that is registered twice with the same contents succeeds, so that a caller who got no answer can ask again; dtm answers 500.
 */
final class DtmTcc {

    /** The core keeps as much. */
    private static final int MAX_REASON_CHARS = 1_024;

    private final AddressGuard guard;

    DtmTcc(AddressGuard guard) {
        this.guard = guard;
    }

    CompletableFuture<AggregatedHttpResponse> prepare(DtmRequest request) throws DtmProblem {
        DtmOptions options = DtmOptions.of(Mode.TCC, request.body(), request.headers());
        Command.Begin begin = new Command.Begin(DtmIds.gid(request.body()), Mode.TCC, options.deadlineMillis(),
                options.policy(), SagaOrder.SEQUENTIAL, options.attributes(), List.of());
        return request.coordinator().submit(begin).thenApply(reply -> switch (reply) {
            case Reply.Done done -> done.changed() || done.transaction().state() == State.TRYING
                    ? DtmAnswers.success()
                    : DtmAnswers.cannotPrepare(done.transaction().state());
            case Reply.Refused refused -> {
                Transaction inTheWay = refused.transaction();
                yield inTheWay == null ? DtmAnswers.refused(refused) : DtmAnswers.cannotPrepare(inTheWay.state());
            }
            case Reply.Noted noted -> throw unexpected(noted);
            case Reply.LookAgain again -> throw unexpected(again);
            case Reply.Alive alive -> throw unexpected(alive);
        });
    }

    CompletableFuture<AggregatedHttpResponse> register(DtmRequest request) throws DtmProblem {
        request.body().requireOnlyTexts();
        String transType = request.transType();
        if (!transType.equals("tcc")) {
            return CompletableFuture.completedFuture(DtmTypes.refused(transType));
        }
        String gid = DtmIds.gid(request.body());
        BranchSpec branch = DtmBranches.tcc(request.body());
        return guard.check(List.of(branch.forwardUrl(), branch.backwardUrl()))
                .thenCompose(rejected -> rejected != null
                        ? CompletableFuture.completedFuture(new DtmProblem(rejected.code(), rejected.getMessage() + "",
                                null).answer())
                        : request.coordinator().submit(new Command.Register(gid, List.of(branch)))
                                .thenApply(reply -> registered(gid, branch, reply)));
    }

    private static AggregatedHttpResponse registered(String gid, BranchSpec branch, Reply reply) {
        return switch (reply) {
            case Reply.Done done -> DtmAnswers.success();
            case Reply.Refused refused -> switch (refused.code()) {
                case NOT_FOUND, WRONG_STATE, MODE_CONFLICT, DECISION_CONFLICT -> DtmAnswers.notPrepared(gid);
                case BRANCH_CONFLICT -> DtmAnswers.error(
                        "branch " + branch.branchId() + " of gid " + gid
                                + " is registered already, with other contents");
                default -> DtmAnswers.refused(refused);
            };
            case Reply.Noted noted -> throw unexpected(noted);
            case Reply.LookAgain again -> throw unexpected(again);
            case Reply.Alive alive -> throw unexpected(alive);
        };
    }

    CompletableFuture<AggregatedHttpResponse> submit(DtmRequest request) throws DtmProblem {
        String gid = DtmIds.gid(request.body());
        boolean waits = request.body().flag("wait_result");
        return request.coordinator().submit(new Command.Decide(gid, Decision.CONFIRM, "", List.of()))
                .thenCompose(reply -> switch (reply) {
                    case Reply.Done done -> {
                        State state = done.transaction().state();
                        if (!done.changed() && state != State.CONFIRMING) {
                            yield CompletableFuture.completedFuture(DtmAnswers.cannotSubmit(state));
                        }
                        yield waits
                                ? DtmWait.forTcc(request.coordinator(), done.transaction())
                                : CompletableFuture.completedFuture(DtmAnswers.success());
                    }
                    case Reply.Refused refused -> CompletableFuture.completedFuture(notSubmitted(gid, refused));
                    case Reply.Noted noted -> throw unexpected(noted);
                    case Reply.LookAgain again -> throw unexpected(again);
                    case Reply.Alive alive -> throw unexpected(alive);
                });
    }

    private static AggregatedHttpResponse notSubmitted(String gid, Reply.Refused refused) {
        Transaction inTheWay = refused.transaction();
        if (inTheWay != null) {
            return DtmAnswers.cannotSubmit(inTheWay.state());
        }
        return refused.code() == ErrorCode.NOT_FOUND
                ? DtmAnswers.failure("no trans with gid: " + gid + " found: prepare it first, or its outcome was"
                        + " forgotten after its retention. FAILURE")
                : DtmAnswers.refused(refused);
    }

    /**
     * Decides cancel. The mode is looked up first, because only TCC is aborted by its caller on this wire; it never changes,
     * so nothing can come between.
     */
    CompletableFuture<AggregatedHttpResponse> abort(DtmRequest request) throws DtmProblem {
        String gid = DtmIds.gid(request.body());
        String transType = request.transType();
        String given = request.body().anyText("rollback_reason");
        String reason = cut(given);
        return request.coordinator().find(gid).thenCompose(view -> {
            if (view == null) {
                return CompletableFuture.completedFuture(DtmAnswers.unknownGid(gid));
            }
            if (view.transaction().mode() != Mode.TCC || !transType.equals("tcc")) {
                return CompletableFuture
                        .completedFuture(DtmAnswers.cannotAbort(transType, view.transaction().state()));
            }
            return request.coordinator().submit(new Command.Decide(gid, Decision.CANCEL, reason, List.of()))
                    .thenApply(reply -> aborted(gid, reply));
        });
    }

    private static AggregatedHttpResponse aborted(String gid, Reply reply) {
        return switch (reply) {
            case Reply.Done done -> done.changed() || done.transaction().state() == State.CANCELLING
                    ? DtmAnswers.success()
                    : DtmAnswers.cannotAbort("tcc", done.transaction().state());
            case Reply.Refused refused -> {
                Transaction inTheWay = refused.transaction();
                if (inTheWay != null) {
                    yield DtmAnswers.cannotAbort("tcc", inTheWay.state());
                }
                yield refused.code() == ErrorCode.NOT_FOUND
                        ? DtmAnswers.unknownGid(gid)
                        : DtmAnswers.refused(refused);
            }
            case Reply.Noted noted -> throw unexpected(noted);
            case Reply.LookAgain again -> throw unexpected(again);
            case Reply.Alive alive -> throw unexpected(alive);
        };
    }

    private static String cut(String reason) {
        if (reason.length() <= MAX_REASON_CHARS) {
            return reason;
        }
        boolean splitsPair = Character.isHighSurrogate(reason.charAt(MAX_REASON_CHARS - 1));
        return reason.substring(0, splitsPair ? MAX_REASON_CHARS - 1 : MAX_REASON_CHARS);
    }

    static IllegalStateException unexpected(Reply reply) {
        return new IllegalStateException("a command about a transaction was answered with " + reply);
    }
}
