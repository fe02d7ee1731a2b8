package io.holdfast.server.participant;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.holdfast.api.Mode;
import io.holdfast.core.Attributes.Header;
import io.holdfast.engine.Participants.Call;
import io.holdfast.server.Version;
import io.holdfast.server.trace.Traceparent;
import io.netty.util.AsciiString;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns a call into an HTTP request: dtm's query parameters, our headers. */
final class CallRequest {

    /** How the names of dtm's wires begin. */
    private static final String DTM = "dtm-";
    static final String USER_AGENT = "holdfast/" + Version.CURRENT;
    /** Ours; a participant that kept an older value in its URL must not read that one first. */
    private static final Set<String> OWN_PARAMETERS = Set.of("gid", "trans_type", "branch_id", "op");

    private static final String[] NONE = {};
    // Names as the framework has them, so that it need not look them up at every call.
    private static final AsciiString GID = HttpHeaderNames.of("holdfast-gid");
    private static final AsciiString BRANCH = HttpHeaderNames.of("holdfast-branch");
    private static final AsciiString OPERATION = HttpHeaderNames.of("holdfast-op");
    private static final AsciiString EPOCH = HttpHeaderNames.of("holdfast-epoch");

    private CallRequest() {
    }

    static HttpRequest of(Call call, ParticipantUrl url) {
        // dtm calls without a payload by GET. It changes something, so everybody else is spared that.
        HttpMethod method = call.body().sizeBytes() == 0 && call.wire().startsWith(DTM)
                ? HttpMethod.GET
                : HttpMethod.POST;
        RequestHeadersBuilder headers = RequestHeaders.builder(method, url.path() + "?" + query(call, url.query()));
        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        headers.set(HttpHeaderNames.USER_AGENT, USER_AGENT);
        for (Header header : call.headers()) {
            headers.set(header.name().toLowerCase(Locale.ROOT), header.value());
        }
        headers.set(HttpHeaderNames.ACCEPT_ENCODING, "identity");
        setOwn(headers, call);
        return method == HttpMethod.POST
                ? HttpRequest.of(headers.build(), HttpData.wrap(call.body().bytes()))
                : HttpRequest.of(headers.build());
    }

    /** What is the same whatever the protocol. */
    static void setOwn(RequestHeadersBuilder headers, Call call) {
        headers.set(GID, headerValue(call.gid()));
        headers.set(BRANCH, headerValue(call.branchId()));
        headers.set(OPERATION, call.operation().wireName());
        headers.set(EPOCH, headerValue(call.epoch()));
        Traceparent trace = Traceparent.parse(call.traceparent());
        if (trace != null) {
            headers.set(Traceparent.HEADER, trace.child().header());
        }
    }

    /** What identifies the branch comes behind what the participant had in its URL. A blank is a plus, as dtm has it. */
    private static String query(Call call, String registered) {
        StringBuilder query = new StringBuilder(registered.length() + 128);
        for (String parameter : registered.isEmpty() ? NONE : registered.split("&")) {
            if (!parameter.isEmpty() && !OWN_PARAMETERS.contains(nameOf(parameter))) {
                query.append(parameter).append('&');
            }
        }
        return query.append("gid=").append(escaped(call.gid())).append("&trans_type=").append(transType(call.mode()))
                .append("&branch_id=").append(escaped(call.branchId())).append("&op=")
                .append(call.operation().wireName()).toString();
    }

    private static @Nullable String nameOf(String parameter) {
        int equals = parameter.indexOf('=');
        return URLDecoder.decode(equals < 0 ? parameter : parameter.substring(0, equals), StandardCharsets.UTF_8);
    }

    static String transType(Mode mode) {
        return switch (mode) {
            case TCC -> "tcc";
            case SAGA -> "saga";
        };
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Visible ASCII as it is, everything else and the percent sign as %XX of its UTF-8 bytes. */
    static String headerValue(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder value = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain((char) b)) {
                value.append((char) b);
            } else {
                value.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return value.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(char c) {
        return c > ' ' && c < 0x7f && c != '%';
    }
}
