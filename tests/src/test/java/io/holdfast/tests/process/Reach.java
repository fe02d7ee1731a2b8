package io.holdfast.tests.process;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;

/**
 * How clients reach servers, and are reached by them. Immutable.
 *
 * @param servers            URLs, any of which can be asked
 * @param token              that the servers want; empty for none
 * @param answerLimit        after which a client takes an answer for lost
 * @param participantAddress by which servers reach the participants of the clients
 */
public record Reach(List<String> servers, String token, Duration answerLimit, String participantAddress) {

    /** Above the longest wait for a result. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(40);

    /** All on this machine, where no token is wanted. */
    static Reach of(List<String> servers) {
        return new Reach(servers, "", ANSWER_LIMIT, "127.0.0.1");
    }

    /** Adds the token, if there is one. */
    public void authorize(HttpRequest.Builder request) {
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
    }
}
