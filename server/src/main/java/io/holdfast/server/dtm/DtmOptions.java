package io.holdfast.server.dtm;

import com.linecorp.armeria.common.RequestHeaders;
import io.holdfast.api.Mode;
import io.holdfast.core.Attributes;
import io.holdfast.core.CallPolicy;
import io.holdfast.server.trace.Traceparent;

/**
 * The options of a transaction in dtm's units and with its defaults.
 *
 * @param deadlineMillis 0 for none
 * @param concurrent     Saga: whether actions may overlap
 */
record DtmOptions(long deadlineMillis, CallPolicy policy, Attributes attributes, boolean concurrent) {

    /** Shown in queries; answers follow this wire's customs. */
    static final String WIRE = "dtm-http";

    static final int MAX_CUSTOM_DATA_CHARS = 64 << 10;

    private static final int TCC_DEADLINE_SECONDS = 35;
    private static final int REQUEST_TIMEOUT_SECONDS = 3;
    private static final int RETRY_SECONDS = 10;
    private static final int RETRY_CAP_MILLIS = 300_000;
    private static final int MAX_DEADLINE_SECONDS = 366 * 86_400;
    private static final int MAX_REQUEST_TIMEOUT_SECONDS = 3_600;
    private static final int MAX_RETRY_SECONDS = 86_400;
    private static final int MAX_RETRY_LIMIT = 1_000_000;

    static DtmOptions of(Mode mode, DtmBody body, RequestHeaders request) throws DtmProblem {
        int deadlineSeconds = body.seconds("timeout_to_fail", mode == Mode.TCC ? TCC_DEADLINE_SECONDS : 0,
                MAX_DEADLINE_SECONDS);
        int retryMillis = body.seconds("retry_interval", RETRY_SECONDS, MAX_RETRY_SECONDS) * 1_000;
        CallPolicy policy = new CallPolicy(
                body.seconds("request_timeout", REQUEST_TIMEOUT_SECONDS, MAX_REQUEST_TIMEOUT_SECONDS) * 1_000,
                retryMillis, Math.max(RETRY_CAP_MILLIS, retryMillis), retryMillis,
                mode == Mode.SAGA ? body.count("retry_limit", MAX_RETRY_LIMIT) : 0);
        DtmHeaders headers = DtmHeaders.of(body);
        String traceparent = request.get(Traceparent.HEADER);
        Traceparent trace = Traceparent.of(Traceparent.parse(traceparent) == null ? headers.traceparent() : traceparent,
                request.get(Traceparent.TRACE_ID_HEADER));
        return new DtmOptions(deadlineSeconds * 1_000L, policy,
                new Attributes(WIRE, trace.header(), "", body.text("custom_data", MAX_CUSTOM_DATA_CHARS),
                        headers.headers(), body.flag("wait_result")),
                body.flag("concurrent"));
    }
}
