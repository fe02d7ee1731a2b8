package io.holdfast.server.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import io.holdfast.server.ops.ServerMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The description of this interface: what clients are generated from, and what tests hold every answer against. */
final class OpenApiDocument {

    private static final String RESOURCE = "openapi.json";

    void bind(ServerBuilder server, ServerMetrics metrics) {
        byte[] document = read();
        ResponseHeaders headers = ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, MediaType.JSON,
                HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
        HttpService service = (context, request) -> HttpResponse.of(headers, HttpData.wrap(document));
        server.service(Route.builder().path("/openapi.json").methods(HttpMethod.GET, HttpMethod.HEAD).build(),
                metrics.measured("openapi", service));
    }

    static byte[] read() {
        try (InputStream in = Objects.requireNonNull(OpenApiDocument.class.getResourceAsStream(RESOURCE))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
