package io.holdfast.bench.child;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import io.holdfast.bench.process.ParentLink;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A participant that says yes to everything and looks at nothing. Answers its parent with its port. */
final class YesParticipant {

    private static final HttpData YES = HttpData.ofUtf8("{\"dtm_result\":\"SUCCESS\"}");

    private YesParticipant() {
    }

    static void serve(ParentLink parent) throws Exception {
        Server server = Server.builder().http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                // Answered before its body has come, the request would cost the connection.
                .serviceUnder("/", (context, request) -> HttpResponse.of(request.aggregate()
                        .thenApply(whole -> HttpResponse.of(HttpStatus.OK, MediaType.JSON, YES))))
                .build();
        server.start().join();
        parent.answer(server.activeLocalPort());
        server.blockUntilShutdown();
    }
}
