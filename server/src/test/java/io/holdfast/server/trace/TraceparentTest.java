package io.holdfast.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceparentTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String VALID = "00-" + TRACE + "-b7ad6b7169203331-01";

    @Test
    void aWellFormedHeaderIsKept() {
        assertThat(Traceparent.of(VALID, "f".repeat(32)).header()).isEqualTo(VALID);
    }

    @Test
    void aLaterVersionIsReadAsFarAsItIsKnown() {
        assertThat(Traceparent.of("cc-" + VALID.substring(3) + "-what-comes-later", null).header()).isEqualTo(VALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "garbage", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0\n",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nx: y"})
    void aForgedHeaderIsNotOne(String header) {
        assertThat(Traceparent.parse(header)).isNull();
        assertThat(Traceparent.parse("01" + VALID.substring(2) + "-" + "x".repeat(10_000))).isNull();
    }

    @Test
    void aBareTraceIdStartsASpanInItsTrace() {
        Traceparent trace = Traceparent.of("garbage", TRACE.toUpperCase(Locale.ROOT));

        assertThat(trace.traceId()).isEqualTo(TRACE);
        assertThat(Traceparent.parse(trace.header())).isEqualTo(trace);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "00000000000000000000000000000000", "0af7651916cd43dd8448eb211c80319",
            "0af7651916cd43dd8448eb211c80319g", "0af7651916cd43dd8448eb211c80319c0"})
    void anythingElseStartsANewTrace(String traceId) {
        Traceparent one = Traceparent.of(null, traceId);
        Traceparent other = Traceparent.of(null, traceId);

        assertThat(one.traceId()).isNotEqualTo(other.traceId()).isNotEqualTo(traceId);
        assertThat(Traceparent.parse(one.header())).isEqualTo(one);
    }

    @Test
    void aChildIsAnotherSpanOfTheSameTrace() {
        Traceparent parent = Traceparent.of(VALID, null);

        assertThat(parent.child().traceId()).isEqualTo(TRACE);
        assertThat(parent.child().flags()).isEqualTo("01");
        assertThat(parent.child().spanId()).isNotEqualTo(parent.spanId());
    }
}
