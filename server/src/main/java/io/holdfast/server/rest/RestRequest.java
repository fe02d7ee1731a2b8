package io.holdfast.server.rest;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.engine.Coordinator;
import java.util.Objects;
import java.util.Set;

/** A request that has been read. */
record RestRequest(Coordinator coordinator, ServiceRequestContext context, RequestHeaders headers, byte[] body) {

    String gid() {
        return path("gid");
    }

    String path(String name) {
        return Objects.requireNonNull(context.pathParam(name), "the route has it");
    }

    QueryFields query(Set<String> known, Set<String> repeatable) {
        return new QueryFields(context.queryParams(), known, repeatable);
    }

    void requireNoQuery() {
        query(Set.of(), Set.of());
    }
}
