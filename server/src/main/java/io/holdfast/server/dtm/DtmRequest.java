package io.holdfast.server.dtm;

import com.linecorp.armeria.common.RequestHeaders;
import io.holdfast.engine.Coordinator;

/** A POST that has been read. */
record DtmRequest(Coordinator coordinator, RequestHeaders headers, DtmBody body) {

    /** Long enough for any name; what is longer is none. */
    private static final int MAX_TYPE_CHARS = 64;

    String transType() throws DtmProblem {
        return body.text("trans_type", MAX_TYPE_CHARS);
    }
}
