package io.holdfast.server.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.api.ErrorCode;
import io.holdfast.server.config.AccessToken;
import io.holdfast.server.config.ServerConfig;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out what no client of ours sends: pages of other origins, names that were pointed at loopback (DNS rebinding), and
 * callers without the token. Thread-safe.
 */
public final class Gate implements DecoratingHttpServiceFunction {

    private static final String BEARER = "bearer ";
    private static final Pattern LOOPBACK_HOST = Pattern
            .compile("(localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1\\])(:\\d{1,5})?",
                    Pattern.CASE_INSENSITIVE);

    private final @Nullable AccessToken token;
    private final boolean loopbackOnly;

    public Gate(ServerConfig config) {
        this.token = config.token();
        this.loopbackOnly = config.listenAddress().isLoopbackAddress();
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        AggregatedHttpResponse refusal = refusal(context.path(), request.headers());
        return refusal == null ? delegate.serve(context, request) : GrpcRefusal.of(request.headers(), refusal);
    }

    private @Nullable AggregatedHttpResponse refusal(String path, RequestHeaders headers) {
        String authority = headers.authority();
        if (loopbackOnly && (authority == null || !LOOPBACK_HOST.matcher(authority).matches())) {
            return Answers.error(ErrorCode.FORBIDDEN, "this server listens on loopback, but the request names another"
                    + " host", "Host: localhost, 127.0.0.0/8 or [::1]");
        }
        if (headers.contains(HttpHeaderNames.ORIGIN) && !isSameOrigin(headers, authority)) {
            return Answers.error(ErrorCode.FORBIDDEN, "the request comes from a web page of another origin", null);
        }
        if (token != null && !path.startsWith("/health/") && !showsToken(headers, token)) {
            return Answers.error(ErrorCode.UNAUTHENTICATED, "a valid token is required", "Authorization: Bearer TOKEN");
        }
        return null;
    }

    /** The scheme is left out of the comparison: something in front of this server may have ended TLS. */
    private static boolean isSameOrigin(RequestHeaders headers, @Nullable String authority) {
        return headers.getAll(HttpHeaderNames.ORIGIN).stream().allMatch(
                origin -> origin.equalsIgnoreCase("http://" + authority)
                        || origin.equalsIgnoreCase("https://" + authority));
    }

    private static boolean showsToken(RequestHeaders headers, AccessToken token) {
        String given = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        return given.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && token.matches(given.substring(BEARER.length()).strip());
    }
}
