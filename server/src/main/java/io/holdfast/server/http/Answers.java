package io.holdfast.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.holdfast.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/** JSON in and out. */
public final class Answers {

    /** Enough for any request of a wire; the parser uses stack for it. */
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER_CHARS = 64;
    private static final int MAX_NAME_CHARS = 1_024;
    /** Above the bound on one payload, so that its own error can name the field. */
    private static final int MAX_STRING_CHARS = 16 << 20;
    /**
     * Bounds the tree that a body becomes: three bytes of it can cost a hundred in the heap. The largest Saga that can be
     * configured, of 100,000 steps, has fewer.
     */
    private static final int MAX_TOKENS = 1_000_000;
    private static final String RETRY_AFTER_SECONDS = "1";

    /** Reads tolerantly (a key that comes twice: the last one wins) but never more than it should. Thread-safe. */
    public static final JsonMapper JSON = JsonMapper
            .builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_CHARS).maxNameLength(MAX_NAME_CHARS)
                            .maxStringLength(MAX_STRING_CHARS).maxTokenCount(MAX_TOKENS).build())
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    // Names come from outside: interning them would keep them for ever.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private Answers() {
    }

    /** A new JSON object. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** An answer with a body. */
    public static AggregatedHttpResponse json(HttpStatus status, JsonNode body) {
        return AggregatedHttpResponse.of(headers(status).build(), bytes(body));
    }

    /** As {@link #json}, for handlers that stream. */
    public static HttpResponse response(HttpStatus status, JsonNode body) {
        return json(status, body).toHttpResponse();
    }

    /** An error with the status that belongs to its code. */
    public static AggregatedHttpResponse error(ErrorCode code, String message, @Nullable String allowed) {
        return error(code, message, allowed, null);
    }

    /** As {@link #error(ErrorCode, String, String)}, with the transaction that stands in the way. */
    public static AggregatedHttpResponse error(ErrorCode code, String message, @Nullable String allowed,
            @Nullable ObjectNode transaction) {
        return error(HttpStatus.valueOf(code.httpStatus()), code.wireName(), message, allowed, transaction);
    }

    /** An error in the form that all endpoints share: code, message and, where it helps, what is allowed. */
    public static AggregatedHttpResponse error(HttpStatus status, String code, String message,
            @Nullable String allowed) {
        return error(status, code, message, allowed, null);
    }

    private static AggregatedHttpResponse error(HttpStatus status, String code, String message,
            @Nullable String allowed, @Nullable ObjectNode transaction) {
        ObjectNode body = object().put("code", code).put("message", message);
        if (allowed != null) {
            body.put("allowed", allowed);
        }
        if (transaction != null) {
            body.set("transaction", transaction);
        }
        ResponseHeadersBuilder headers = headers(status);
        if (status.code() == 429 || status.code() == 503) {
            headers.set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (status.code() == 401) {
            headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        return AggregatedHttpResponse.of(headers.build(), bytes(body));
    }

    /** The server cannot know anything yet. */
    public static AggregatedHttpResponse starting() {
        return error(HttpStatus.SERVICE_UNAVAILABLE, "starting",
                "the server is still reading its log: try again later", null);
    }

    /** The server is stopping and has done nothing of the request; the client comes back to whoever listens then. */
    public static AggregatedHttpResponse draining() {
        return lastOfItsConnection(error(ErrorCode.DRAINING,
                "the server is stopping and has done nothing of this request: send it again later, or to another",
                null));
    }

    /** The same answer, after which the connection is closed: what else comes on it is not worth reading. */
    static AggregatedHttpResponse lastOfItsConnection(AggregatedHttpResponse answer) {
        return AggregatedHttpResponse.of(
                answer.headers().toBuilder().set(HttpHeaderNames.CONNECTION, "close").build(), answer.content());
    }

    private static ResponseHeadersBuilder headers(HttpStatus status) {
        return ResponseHeaders.builder(status).contentType(MediaType.JSON)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store").set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
    }

    private static HttpData bytes(JsonNode body) {
        try {
            return HttpData.wrap(JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree could not be written", e);
        }
    }
}
