package io.holdfast.core;

import java.util.List;

/**
 * What a transaction carries for others: the core stores it and looks at nothing but the business key.
 *
 * @param wire        the wire it came by, for example {@code dtm-http}; answers to queries follow its customs
 * @param traceparent W3C trace context for the calls to participants; empty for none
 * @param businessKey the caller's own key; at most one known transaction has it. Empty for none
 * @param customData  opaque text of the caller, shown in queries; empty for none
 * @param headers     sent with every call to a participant
 * @param waitResult  whether the submitter asked to wait for the end (shown in queries)
 * @param labels      for people and their tools, shown in queries
 */
public record Attributes(String wire, String traceparent, String businessKey, String customData, List<Header> headers,
        boolean waitResult, List<Label> labels) {

    public static final Attributes NONE = new Attributes("native", "", "", "", List.of(), false);

    public Attributes {
        headers = List.copyOf(headers);
        labels = List.copyOf(labels);
    }

    /** Without labels. */
    public Attributes(String wire, String traceparent, String businessKey, String customData, List<Header> headers,
            boolean waitResult) {
        this(wire, traceparent, businessKey, customData, headers, waitResult, List.of());
    }

    /** One header for participants. */
    public record Header(String name, String value) {}

    /** One label. */
    public record Label(String name, String value) {}
}
