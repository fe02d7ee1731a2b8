package io.holdfast.examples.gateway;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How an order is brought about. */
public enum OrderMode {
    /** The gateway tries and decides. */
    @JsonProperty("tcc")
    TCC,
    /** The coordinator runs the steps. */
    @JsonProperty("saga")
    SAGA
}
