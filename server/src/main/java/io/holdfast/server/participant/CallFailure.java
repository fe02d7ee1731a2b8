package io.holdfast.server.participant;

import com.linecorp.armeria.client.InvalidHttpResponseException;
import com.linecorp.armeria.client.InvalidResponseException;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.ProtocolViolationException;
import com.linecorp.armeria.common.TimeoutException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;

/** Says what an exception of the HTTP client means for a call. */
final class CallFailure {

    private CallFailure() {
    }

    static Result.Unknown of(Throwable thrown) {
        Throwable failure = thrown;
        while (failure instanceof CompletionException && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return new Result.Unknown(troubleOf(failure), detail(failure));
    }

    private static Trouble troubleOf(Throwable failure) {
        return switch (failure) {
            case AddressRejected rejected -> Trouble.NOT_ALLOWED;
            case UnknownHostException unknown -> Trouble.NOT_CONNECTED;
            case UnprocessedRequestException unprocessed -> unprocessed.getCause() instanceof TimeoutException
                    ? Trouble.TIMED_OUT
                    : Trouble.NOT_CONNECTED;
            case ConnectTimeoutException connect -> Trouble.NOT_CONNECTED;
            case TimeoutException timeout -> Trouble.TIMED_OUT;
            case ContentTooLargeException tooLarge -> Trouble.UNEXPECTED_ANSWER;
            case InvalidHttpResponseException invalid -> Trouble.UNEXPECTED_ANSWER;
            case InvalidResponseException invalid -> Trouble.UNEXPECTED_ANSWER;
            case ProtocolViolationException violation -> Trouble.UNEXPECTED_ANSWER;
            case DecoderException decoder -> Trouble.UNEXPECTED_ANSWER;
            // Also after garbage: the client closes a connection whose bytes it cannot read.
            case ClosedSessionException closed -> Trouble.CONNECTION_LOST;
            case ClosedStreamException closed -> Trouble.CONNECTION_LOST;
            case IOException io -> Trouble.CONNECTION_LOST;
            default -> Trouble.UNEXPECTED_ANSWER;
        };
    }

    private static String detail(Throwable failure) {
        if (failure instanceof ContentTooLargeException) {
            return "the answer is larger than " + HttpParticipants.MAX_RESPONSE_BYTES + " bytes";
        }
        Throwable cause = failure instanceof UnprocessedRequestException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        String message = cause.getMessage();
        String text = cause instanceof AddressRejected && message != null
                ? message
                : cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        return CleanText.of(text, Interpretation.MAX_DETAIL_CHARS);
    }
}
