package io.holdfast.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpStatus;
import io.holdfast.core.Transaction;
import io.holdfast.server.http.Answers;
import io.holdfast.server.nativeapi.ApiProblem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Answers of this interface. */
final class RestAnswers {

    private RestAnswers() {
    }

    static AggregatedHttpResponse ok(ObjectNode body) {
        return Answers.json(HttpStatus.OK, body);
    }

    /** Whether there is nothing left to wait for. */
    static AggregatedHttpResponse state(Transaction transaction, ObjectNode body) {
        return Answers.json(transaction.state().isFinished() ? HttpStatus.OK : HttpStatus.ACCEPTED, body);
    }

    static AggregatedHttpResponse created(Transaction transaction, ObjectNode body) {
        AggregatedHttpResponse answer = Answers.json(HttpStatus.CREATED, body);
        String gid = URLEncoder.encode(transaction.gid(), StandardCharsets.UTF_8).replace("+", "%20");
        return AggregatedHttpResponse.of(answer.headers().toBuilder()
                .set(HttpHeaderNames.LOCATION, RestEndpoints.TRANSACTIONS + "/" + gid).build(), answer.content());
    }

    /** The answer if {@code failure} refuses a request; null if it is something else. */
    static @Nullable AggregatedHttpResponse refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (!(cause instanceof ApiProblem problem)) {
            return null;
        }
        Transaction inTheWay = problem.transaction();
        return Answers.error(problem.code(), problem.said(), problem.allowed(),
                inTheWay == null ? null : TransactionJson.status(inTheWay));
    }
}
