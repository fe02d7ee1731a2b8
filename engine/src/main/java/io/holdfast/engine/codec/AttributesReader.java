package io.holdfast.engine.codec;

import io.holdfast.core.Attributes;
import io.holdfast.wire.log.v1.Header;
import io.holdfast.wire.log.v1.Label;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the message that log and store keep attributes in. */
final class AttributesReader {

    /** What a message without any fields stands for. */
    static final Attributes ABSENT = new Attributes("", "", "", "", List.of(), false);

    private AttributesReader() {
    }

    static Attributes read(MessageInput in) throws IOException {
        int outer = in.enter();
        String wire = "";
        String traceparent = "";
        String businessKey = "";
        String customData = "";
        List<Attributes.Header> headers = List.of();
        boolean waitResult = false;
        List<Attributes.Label> labels = List.of();
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case io.holdfast.wire.log.v1.Attributes.WIRE_FIELD_NUMBER -> wire = in.repeatedText();
                case io.holdfast.wire.log.v1.Attributes.TRACEPARENT_FIELD_NUMBER -> traceparent = in.text();
                case io.holdfast.wire.log.v1.Attributes.BUSINESS_KEY_FIELD_NUMBER -> businessKey = in.text();
                case io.holdfast.wire.log.v1.Attributes.CUSTOM_DATA_FIELD_NUMBER -> customData = in.text();
                case io.holdfast.wire.log.v1.Attributes.HEADERS_FIELD_NUMBER -> {
                    headers = headers.isEmpty() ? new ArrayList<>(2) : headers;
                    headers.add(header(in));
                }
                case io.holdfast.wire.log.v1.Attributes.WAIT_RESULT_FIELD_NUMBER -> waitResult = in.bool();
                case io.holdfast.wire.log.v1.Attributes.LABELS_FIELD_NUMBER -> {
                    labels = labels.isEmpty() ? new ArrayList<>(2) : labels;
                    labels.add(label(in));
                }
                default -> in.skip();
            }
        }
        in.leave(outer);
        return new Attributes(wire, traceparent, businessKey, customData, headers, waitResult, labels);
    }

    private static Attributes.Header header(MessageInput in) throws IOException {
        int outer = in.enter();
        String name = "";
        String value = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Header.NAME_FIELD_NUMBER -> name = in.repeatedText();
                case Header.VALUE_FIELD_NUMBER -> value = in.repeatedText();
                default -> in.skip();
            }
        }
        in.leave(outer);
        return new Attributes.Header(name, value);
    }

    private static Attributes.Label label(MessageInput in) throws IOException {
        int outer = in.enter();
        String name = "";
        String value = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Label.NAME_FIELD_NUMBER -> name = in.repeatedText();
                case Label.VALUE_FIELD_NUMBER -> value = in.repeatedText();
                default -> in.skip();
            }
        }
        in.leave(outer);
        return new Attributes.Label(name, value);
    }
}
