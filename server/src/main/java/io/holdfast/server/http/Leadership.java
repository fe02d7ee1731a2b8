package io.holdfast.server.http;

import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** Who takes commands in the group, as this node knows. Implementations are thread-safe and do not block. */
public interface Leadership {

    /** Where commands are taken. */
    sealed interface Place {
        /** Here. */
        record Here() implements Place {}

        /**
         * At another node.
         *
         * @param api where that takes requests
         */
        record There(String node, URI api) implements Place {}

        /** Nowhere, or this node does not know. */
        record Nowhere() implements Place {}
    }

    /** The place now. It may have changed when the caller looks at it. */
    Place place();

    /** Completes when the place has changed after this call. */
    CompletableFuture<Void> change();
}
