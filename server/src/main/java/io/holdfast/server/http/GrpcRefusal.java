package io.holdfast.server.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What is refused before it reaches its endpoint is refused in the words of its protocol. */
public final class GrpcRefusal {

    /** The error code of a refusal, as it stands in the JSON of the other interfaces. */
    public static final String CODE_HEADER = "holdfast-code";

    private GrpcRefusal() {
    }

    /** {@code refusal} as it is, or as the end of a gRPC call if that is what was asked for. */
    public static HttpResponse of(RequestHeaders request, AggregatedHttpResponse refusal) {
        return request.get(HttpHeaderNames.CONTENT_TYPE, "").startsWith("application/grpc")
                ? HttpResponse.of(translated(refusal))
                : refusal.toHttpResponse();
    }

    private static ResponseHeaders translated(AggregatedHttpResponse refusal) {
        JsonNode body;
        try {
            body = Answers.JSON.readTree(refusal.content().array());
        } catch (JacksonException e) {
            throw new IllegalStateException("a refusal has a JSON body", e);
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
        String code = body.path("code").asText();
        ResponseHeadersBuilder headers = ResponseHeaders.builder(HttpStatus.OK)
                .set(HttpHeaderNames.CONTENT_TYPE, "application/grpc")
                .set("grpc-status", Integer.toString(GrpcCodes.of(code).value()))
                .set("grpc-message", escaped(body.path("message").asText())).set(CODE_HEADER, code);
        return headers.endOfStream(true).build();
    }

    /** As gRPC wants it: visible ASCII as it is, everything else and the percent sign as %XX. */
    private static String escaped(String message) {
        StringBuilder escaped = new StringBuilder(message.length());
        for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7f && b != '%') {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return escaped.toString();
    }
}
