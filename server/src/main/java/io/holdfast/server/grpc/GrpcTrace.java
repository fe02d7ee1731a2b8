package io.holdfast.server.grpc;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.server.trace.Traceparent;

/** The trace context of a call: metadata are HTTP headers. */
final class GrpcTrace {

    private GrpcTrace() {
    }

    static String of(ServiceRequestContext context) {
        RequestHeaders headers = context.request().headers();
        return Traceparent.of(headers.get(Traceparent.HEADER), headers.get(Traceparent.TRACE_ID_HEADER)).header();
    }
}
