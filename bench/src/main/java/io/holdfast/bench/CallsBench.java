package io.holdfast.bench;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import io.holdfast.bench.child.ChildMain;
import io.holdfast.bench.measure.BenchResult;
import io.holdfast.bench.measure.Callers;
import io.holdfast.bench.measure.Conditions;
import io.holdfast.bench.measure.CpuTime;
import io.holdfast.bench.measure.Goal;
import io.holdfast.bench.measure.Turns;
import io.holdfast.bench.process.ChildJvm;
import io.holdfast.bench.process.ServerJvm;
import io.holdfast.bench.wire.DtmSubmitter;
import io.holdfast.bench.wire.Gids;
import io.holdfast.bench.wire.PerCaller;
import io.holdfast.bench.wire.SagaSubmitter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Sagas of four actions, one after the other, at a participant in a JVM of its own that says yes without reading. Floor: the same
 * four calls, one after the other, made bare with the HTTP client that the server uses too, by as many callers. What is counted are
 * groups of four calls, here as Sagas, there as they are.
 */
final class CallsBench implements Benchmark {

    private static final int CALLERS = 64;
    private static final int ACTIONS = 4;
    private static final String PAYLOAD = "x".repeat(100);
    private static final double LEAST_RATIO = 0.7;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final long ANSWER_MILLIS = 10_000;

    @Override
    public String name() {
        return "calls";
    }

    @Override
    public String description() {
        return "four-action Sagas with calls over HTTP/1.1, beside the same calls made bare";
    }

    @Override
    public List<BenchResult> run(Run run) throws Exception {
        Conditions conditions = Conditions.begin(run.workplace().path());
        Path data = run.workplace().newDirectory("calls");
        try (ChildJvm participant = run.child(ChildMain.PARTICIPANT);
                ServerJvm server = run.server(data).awaitListening();
                BareCalls bare = new BareCalls(participant.await(START_LIMIT).asInt())) {
            Gids gids = new Gids();
            CpuTime clientAndParticipant = CpuTime.ofThisProcess().and(participant::cpuNanos);
            CpuTime all = clientAndParticipant.and(server::cpuNanos);
            try (PerCaller<SagaSubmitter> sagas = new PerCaller<>(CALLERS,
                    () -> new DtmSubmitter(server.address(), ACTIONS, bare.url(), PAYLOAD))) {
                Turns turns = Turns.take(new Turns.Plan(CALLERS, run.seconds(), run.warmUpMillis()),
                        plan -> Callers.run(plan, clientAndParticipant, (caller, round) -> bare.fourCalls(gids.next())),
                        plan -> Callers.run(plan, all, (caller, round) -> sagas.of(caller).submitAndWait(gids.next())),
                        run.progress());
                server.requireAlive();
                return List.of(BenchResult.ofTurns(name(),
                        "groups of four POSTs, one after the other, bare with the server's HTTP client, callers: "
                                + CALLERS,
                        "Sagas of the same four calls, submitted over dtm's HTTP interface, callers: " + CALLERS, turns,
                        Goal.ratioAtLeast(LEAST_RATIO, turns.ratio()), conditions.ended()));
            }
        } finally {
            run.workplace().discard(data);
        }
    }

    /** The calls as the server makes them: the same client with the same settings, the same query, headers of the same size. */
    private static final class BareCalls implements AutoCloseable {

        private final int port;
        private final ClientFactory factory = ClientFactory.builder().useHttp2Preface(false).build();
        private final WebClient client;

        BareCalls(int port) {
            this.port = port;
            this.client = WebClient
                    .builder(SessionProtocol.H1C, Endpoint.of("127.0.0.1", port))
                    .factory(factory).responseTimeoutMillis(ANSWER_MILLIS).build();
        }

        String url() {
            return "http://127.0.0.1:" + port + "/action";
        }

        void fourCalls(String gid) throws IOException {
            for (int i = 1; i <= ACTIONS; i++) {
                call(gid, "0" + i);
            }
        }

        private void call(String gid, String branch) throws IOException {
            RequestHeaders headers = RequestHeaders.builder(HttpMethod.POST,
                    "/action?gid=" + gid + "&trans_type=saga&branch_id=" + branch + "&op=action")
                    .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                    .set(HttpHeaderNames.USER_AGENT, "holdfast/bench")
                    .set(HttpHeaderNames.ACCEPT_ENCODING, "identity").set("holdfast-gid", gid)
                    .set("holdfast-branch", branch).set("holdfast-op", "action").set("holdfast-epoch", "1.123456")
                    .set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").build();
            AggregatedHttpResponse answer = client.execute(HttpRequest.of(headers, HttpData.ofUtf8(PAYLOAD)))
                    .aggregate()
                    .join();
            if (!answer.status().equals(HttpStatus.OK)) {
                throw new IOException("the participant answered " + answer.status());
            }
        }

        @Override
        public void close() {
            factory.close();
        }
    }
}
