package io.holdfast.server.participant;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.grpc.Status;
import io.holdfast.core.Attributes.Header;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One unary call of gRPC: the payload is the message, whatever it is made of, and the answer's message is not looked at. What the
 * status means is dtm's table: OK is done, ABORTED a definite no, FAILED_PRECONDITION still at it; everything else is no answer.
 */
final class GrpcExchange {

    private static final int FRAME_HEADER_BYTES = 5;
    private static final String STATUS = "grpc-status";

    private GrpcExchange() {
    }

    static HttpRequest request(Call call, ParticipantUrl url, long timeoutMillis) {
        RequestHeadersBuilder headers = RequestHeaders.builder(HttpMethod.POST, url.path());
        for (Header header : call.headers()) {
            String name = header.name().toLowerCase(Locale.ROOT);
            if (!name.startsWith("grpc-")) {
                headers.set(name, header.value());
            }
        }
        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/grpc").set(HttpHeaderNames.TE, "trailers")
                .set(HttpHeaderNames.USER_AGENT, CallRequest.USER_AGENT).set("grpc-timeout", timeoutMillis + "m");
        String gid = CallRequest.headerValue(call.gid());
        String branchId = CallRequest.headerValue(call.branchId());
        // The names of the query parameters, and the same with the prefix under which dtm's clients look for them.
        for (String prefix : new String[]{"", "dtm-"}) {
            headers.set(prefix + "gid", gid).set(prefix + "trans_type", CallRequest.transType(call.mode()))
                    .set(prefix + "branch_id", branchId).set(prefix + "op", call.operation().wireName());
        }
        CallRequest.setOwn(headers, call);
        byte[] message = call.body().bytes();
        ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + message.length).put((byte) 0)
                .putInt(message.length).put(message);
        return HttpRequest.of(headers.build(), HttpData.wrap(frame.array()));
    }

    static Result interpret(AggregatedHttpResponse answer) {
        String status = last(answer, STATUS);
        if (!answer.status().equals(HttpStatus.OK) || status == null || !status.matches("[0-9]{1,2}")) {
            return new Result.Unknown(Trouble.UNEXPECTED_ANSWER, CleanText.of("status " + answer.status().code()
                    + (status == null ? " without grpc-status" : ", grpc-status " + status),
                    Interpretation.MAX_DETAIL_CHARS));
        }
        Status.Code code = Status.fromCodeValue(Integer.parseInt(status)).getCode();
        return switch (code) {
            case OK -> new Result.Success("true".equalsIgnoreCase(last(answer, HttpParticipants.ALREADY_DONE_HEADER)));
            // Clients of dtm from before its version 1.10 say ONGOING so.
            case ABORTED -> "ONGOING".equals(last(answer, "grpc-message"))
                    ? new Result.Ongoing(detail(answer, code))
                    : new Result.Failure(detail(answer, code));
            case FAILED_PRECONDITION -> new Result.Ongoing(detail(answer, code));
            case CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS,
                    UNAUTHENTICATED ->
                new Result.Unknown(Trouble.UNEXPECTED_ANSWER, detail(answer, code));
        };
    }

    /** From the trailers or, if the answer has nothing else, from its headers. */
    private static @Nullable String last(AggregatedHttpResponse answer, String name) {
        String trailer = answer.trailers().get(name);
        return trailer == null ? answer.headers().get(name) : trailer;
    }

    private static String detail(AggregatedHttpResponse answer, Status.Code code) {
        String message = last(answer, "grpc-message");
        return CleanText.of(message == null || message.isBlank()
                ? "gRPC status " + code
                : "gRPC status " + code + ": " + decoded(message), Interpretation.MAX_DETAIL_CHARS);
    }

    private static String decoded(String message) {
        try {
            // A plus is a plus in gRPC.
            return URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return message;
        }
    }
}
