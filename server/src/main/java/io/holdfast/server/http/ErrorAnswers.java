package io.holdfast.server.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseCompleteException;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.api.ErrorCode;
import io.holdfast.engine.Coordinator.EngineUnavailable;
import io.holdfast.engine.Coordinator.Overloaded;
import io.netty.channel.unix.Errors.NativeIoException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives every error a JSON body that says what is wrong; what it does not know it logs and does not tell. Thread-safe. */
public final class ErrorAnswers implements ServerErrorHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    private final int maxRequestBytes;

    public ErrorAnswers(int maxRequestBytes) {
        this.maxRequestBytes = maxRequestBytes;
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable thrown) {
        return answer(context, thrown).toHttpResponse();
    }

    /** The answer to a request whose handling ended with {@code thrown}. */
    public AggregatedHttpResponse answer(ServiceRequestContext context, Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException && thrown.getCause() != null
                ? thrown.getCause()
                : thrown;
        return switch (cause) {
            case ContentTooLargeException tooLarge -> tooLarge();
            case RequestBodies.Refused refused -> refused.answer();
            case Overloaded overloaded -> Answers.error(ErrorCode.OVERLOADED, overloaded.getMessage() + "", null);
            case EngineUnavailable unavailable -> unknownOutcome(unavailable.getMessage());
            case RequestTimeoutException timeout -> unknownOutcome("the request took too long");
            case ShuttingDownException stopping -> unknownOutcome("the server stopped before there was an answer");
            case ClosedStreamException closed ->
                Answers.error(ErrorCode.INVALID, "the request ended before its body was complete", null);
            // The client hung up; nobody reads the answer.
            case NativeIoException broken -> hungUp();
            // The framework has answered already, for example 413 before the body was complete.
            case ResponseCompleteException complete -> plain(HttpStatus.BAD_REQUEST, null);
            case HttpStatusException status -> plain(status.httpStatus(), null);
            default -> internal(context, cause);
        };
    }

    private static AggregatedHttpResponse hungUp() {
        return Answers.error(ErrorCode.INVALID, "the connection was closed", null);
    }

    private static AggregatedHttpResponse unknownOutcome(@Nullable String why) {
        return Answers.error(ErrorCode.UNKNOWN_OUTCOME,
                "the outcome is unknown, ask again with the same gid: " + (why == null ? "no answer" : why), null);
    }

    private AggregatedHttpResponse tooLarge() {
        return Answers.error(ErrorCode.TOO_LARGE, "the request body is larger than " + maxRequestBytes + " bytes",
                "at most " + maxRequestBytes + " bytes");
    }

    private static AggregatedHttpResponse internal(ServiceRequestContext context, Throwable cause) {
        LOG.atError().addKeyValue("path", context.path()).addKeyValue("request", context.id().shortText())
                .setCause(cause).log("a request failed");
        return Answers.error(HttpStatus.INTERNAL_SERVER_ERROR, "internal",
                "internal error, logged with request=" + context.id().shortText(), null);
    }

    @Override
    public AggregatedHttpResponse renderStatus(@Nullable ServiceRequestContext context, ServiceConfig config,
            @Nullable RequestHeaders headers, HttpStatus status, @Nullable String description,
            @Nullable Throwable cause) {
        return plain(status, description);
    }

    @Override
    public AggregatedHttpResponse onProtocolViolation(ServiceConfig config, @Nullable RequestHeaders headers,
            HttpStatus status, @Nullable String description, @Nullable Throwable cause) {
        return plain(status, description);
    }

    private AggregatedHttpResponse plain(HttpStatus status, @Nullable String description) {
        return switch (status.code()) {
            case 404 -> Answers.error(status, "no_such_endpoint", "there is no such endpoint", null);
            case 405 ->
                Answers.error(status, "method_not_allowed", "the endpoint does not take this HTTP method", null);
            case 413 -> tooLarge();
            case 503 -> Answers.draining();
            default -> Answers.error(status, ErrorCode.INVALID.wireName(),
                    description == null ? status.reasonPhrase() : description, null);
        };
    }
}
