package io.holdfast.server.dtm;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.holdfast.server.participant.CleanText;

/** Transaction types that this server does not run. */
final class DtmTypes {

    private DtmTypes() {
    }

    /** Refuses a type in dtm's words, and says so if dtm itself would know it. */
    static AggregatedHttpResponse refused(String transType) {
        String message = "unknow trans type: " + CleanText.of(transType, 64);
        return DtmAnswers.error(switch (transType) {
            case "msg", "xa", "workflow" -> message + " (this server does not run it yet; it runs tcc and saga)";
            default -> message;
        });
    }
}
