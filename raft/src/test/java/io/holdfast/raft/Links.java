package io.holdfast.raft;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.util.CodeInjectionForTesting;

/** What gets from node to node in this process: whoever is cut off neither hears nor is heard. Thread-safe. */
final class Links {

    /** Where a server of Ratis takes what its peers send. */
    private static final List<String> REQUESTS = List.of("RaftServerImpl.appendEntries", "RaftServerImpl.requestVote",
            "RaftServerImpl.installSnapshot", "RaftServerImpl.startLeaderElection");

    private static final Set<String> CUT_OFF = ConcurrentHashMap.newKeySet();

    private Links() {
    }

    static {
        REQUESTS.forEach(request -> CodeInjectionForTesting.put(request, (to, from, arguments) -> {
            if (CUT_OFF.contains(String.valueOf(to)) || CUT_OFF.contains(String.valueOf(from))) {
                throw new IllegalStateException("nothing gets from " + from + " to " + to);
            }
            return false;
        }));
    }

    static void cutOff(String id) {
        CUT_OFF.add(id);
    }

    static void join(String id) {
        CUT_OFF.remove(id);
    }
}
