package io.holdfast.server.dtm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import io.holdfast.api.State;
import io.holdfast.core.Reply;
import io.holdfast.server.http.Answers;

/**
 * Answers in dtm's words, its misspellings included: clients compare them. A success never contains the word FAILURE, because
 * clients look for it in every body.
 */
final class DtmAnswers {

    private DtmAnswers() {
    }

    static AggregatedHttpResponse success() {
        return ok(Answers.object().put("dtm_result", "SUCCESS"));
    }

    static AggregatedHttpResponse ok(ObjectNode body) {
        return Answers.json(HttpStatus.OK, body);
    }

    /** A definite no: 409. */
    static AggregatedHttpResponse failure(String message) {
        return Answers.json(HttpStatus.CONFLICT,
                Answers.object().put("dtm_result", "FAILURE").put("message", message));
    }

    /** Not finished yet: 425. */
    static AggregatedHttpResponse ongoing(String message) {
        return Answers.json(HttpStatus.valueOf(425),
                Answers.object().put("dtm_result", "ONGOING").put("message", message));
    }

    /** What dtm answers to everything that is neither: 500. */
    static AggregatedHttpResponse error(String message) {
        return Answers.json(HttpStatus.INTERNAL_SERVER_ERROR, Answers.object().put("message", message));
    }

    static AggregatedHttpResponse cannotPrepare(State state) {
        return failure("current status '" + DtmStatus.of(state) + "', cannot prepare. FAILURE");
    }

    static AggregatedHttpResponse cannotSubmit(State state) {
        return failure("current status '" + DtmStatus.of(state) + "', cannot sumbmit. FAILURE");
    }

    static AggregatedHttpResponse cannotAbort(String transType, State state) {
        return failure("trans type: '" + transType + "' current status '" + DtmStatus.of(state)
                + "', cannot abort. FAILURE");
    }

    static AggregatedHttpResponse cannotForceStop(State state) {
        return failure("global transaction force stop error. status: " + DtmStatus.of(state) + ". error: FAILURE");
    }

    static AggregatedHttpResponse notPrepared(String gid) {
        return failure("no trans with gid: " + gid + " status: prepared found FAILURE");
    }

    static AggregatedHttpResponse unknownGid(String gid) {
        return error("no TransGlobal with gid: " + gid + " found");
    }

    /** A refusal for which dtm has no words of its own. */
    static AggregatedHttpResponse refused(Reply.Refused refused) {
        return Answers.error(refused.code(), refused.message(), null);
    }
}
