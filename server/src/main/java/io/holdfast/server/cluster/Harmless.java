package io.holdfast.server.cluster;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import java.util.Set;

/**
 * Which requests may be sent twice by a node that does not know whether they have arrived: those that say themselves which transaction
 * they are about, so that the second one finds what the first has done. A begin may leave the choice of the gid to the server, and an
 * operator's order is written down each time.
 */
final class Harmless {

    private static final String API = "/api/v1/";
    private static final String ONE_TRANSACTION = API + "transactions/";
    private static final String OPERATOR = "/operator/";
    private static final String DTM = "/api/dtmsvr/";
    private static final Set<String> OTHERS = Set.of(API + "gids", API + "heartbeats");
    private static final String GRPC = "/holdfast.v1.Coordinator/";
    private static final Set<String> CALLS = Set.of("NewGids", "Register", "Decide", "Get", "List", "Wait",
            "Heartbeat");

    private Harmless() {
    }

    static boolean toSendAgain(AggregatedHttpRequest request) {
        String path = request.path();
        int query = path.indexOf('?');
        String bare = query < 0 ? path : path.substring(0, query);
        if (bare.startsWith(GRPC)) {
            return CALLS.contains(bare.substring(GRPC.length()));
        }
        return request.method() == HttpMethod.GET || bare.startsWith(DTM) || OTHERS.contains(bare)
                || bare.startsWith(ONE_TRANSACTION) && !bare.contains(OPERATOR);
    }
}
