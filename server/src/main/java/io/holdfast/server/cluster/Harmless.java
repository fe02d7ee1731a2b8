package io.holdfast.server.cluster;

import com.linecorp.armeria.common.HttpMethod;
import java.util.Set;

/**
 * Which requests may be sent twice by a node that does not know whether they have arrived: those that say themselves which transaction
 * they are about, and whose second answer is that of the first. A begin may leave the choice of the gid to the server, an operator's order
 * is written down each time, and dtm's interface refuses to submit what has ended meanwhile.
 */
final class Harmless {

    private static final String API = "/api/v1/";
    private static final String ONE_TRANSACTION = API + "transactions/";
    private static final String OPERATOR = "/operator/";
    private static final Set<String> OTHERS = Set.of(API + "gids", API + "heartbeats");
    private static final String GRPC = "/holdfast.v1.Coordinator/";
    private static final Set<String> CALLS = Set.of("NewGids", "Register", "Decide", "Get", "List", "Wait",
            "Heartbeat");

    private Harmless() {
    }

    /** @param path of the request, decoded and without a query */
    static boolean toSendAgain(HttpMethod method, String path) {
        if (path.startsWith(GRPC)) {
            return CALLS.contains(path.substring(GRPC.length()));
        }
        return method == HttpMethod.GET || OTHERS.contains(path)
                || path.startsWith(ONE_TRANSACTION) && !path.contains(OPERATOR);
    }
}
