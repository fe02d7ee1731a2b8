package io.holdfast.server.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.engine.StorageException;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.Leadership;
import io.holdfast.server.ops.ServerMetrics;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is in the group and who leads it; and, for a node that cannot catch up by the log, the store as it is at a cut. */
public final class ClusterEndpoints {

    static final String MEMBERS = "/api/v1/cluster";
    static final String CUT = "/api/v1/cluster/cut";
    /** Whether who asks for a cut has no log. */
    static final String WITH_MARK = "withMark";
    private static final Logger LOG = LoggerFactory.getLogger(ClusterEndpoints.class);
    private static final int PIECE_BYTES = 256 << 10;
    /** A node that takes nothing for so long is given up, so that others are served. */
    private static final long STALL_SECONDS = 60;

    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile @Nullable ClusterPart group;

    /** From now on this node is one of a group. */
    public void begin(ClusterPart part) {
        group = part;
    }

    public void bind(ServerBuilder server, ServerMetrics metrics) {
        server.service(Route.builder().path(MEMBERS).methods(HttpMethod.GET).build(),
                metrics.measured("cluster", (context, request) -> members()));
        server.service(Route.builder().path(CUT).methods(HttpMethod.GET).build(),
                metrics.measured("cluster_cut", (context, request) -> cut(context)));
    }

    private HttpResponse members() {
        ClusterPart known = group;
        if (known == null) {
            return alone();
        }
        ObjectNode body = Answers.object().put("node", known.config().node())
                .put("standing", known.standing().get().wireName());
        switch (known.leadership().place()) {
            case Leadership.Place.Here here -> body.put("leader", known.config().node());
            case Leadership.Place.There there -> body.put("leader", there.node());
            case Leadership.Place.Nowhere nowhere -> body.putNull("leader");
        }
        Foundation foundation = known.foundation().get();
        if (foundation == null) {
            body.putNull("foundation");
        } else {
            body.putObject("foundation").put("backup", foundation.backup()).put("cut", foundation.cut());
        }
        body.put("term", known.term().getAsLong());
        ArrayNode members = body.putArray("members");
        known.members().all().forEach(member -> members.addObject().put("id", member.id()).put("log", member.log())
                .put("api", member.api().toString()));
        return Answers.response(HttpStatus.OK, body);
    }

    static HttpResponse alone() {
        return Answers.error(HttpStatus.NOT_FOUND, "no_cluster",
                "this server is alone: cluster.node and cluster.members are not configured", null).toHttpResponse();
    }

    private HttpResponse cut(ServiceRequestContext context) {
        ClusterPart known = group;
        if (known == null) {
            return alone();
        }
        if (!busy.compareAndSet(false, true)) {
            return Answers.error(HttpStatus.SERVICE_UNAVAILABLE, "cut_busy", "another node is being sent a cut", null)
                    .toHttpResponse();
        }
        boolean withMark = Boolean.parseBoolean(context.queryParam(WITH_MARK));
        // As long as the network takes; the client hangs up if it does not want it any more.
        context.clearRequestTimeout();
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("holdfast-cut-sender").start(() -> {
            try {
                send(known.cuts(), withMark, answer);
            } finally {
                busy.set(false);
            }
        });
        return HttpResponse.of(answer);
    }

    private static void send(CutSource cuts, boolean withMark, CompletableFuture<HttpResponse> answer) {
        OfferedCut offered;
        try {
            offered = cuts.take(withMark);
        } catch (IOException | InterruptedException | RuntimeException e) {
            answer.complete(Answers.error(HttpStatus.SERVICE_UNAVAILABLE, "no_cut", "no cut can be taken: "
                    + e.getMessage(), null).toHttpResponse());
            return;
        }
        HttpResponseWriter writer = HttpResponse.streaming();
        writer.write(ResponseHeaders.of(HttpStatus.OK, "content-type", MediaType.OCTET_STREAM));
        answer.complete(writer);
        try {
            OutputStream out = new BufferedOutputStream(new ToResponse(writer), PIECE_BYTES);
            CutArchive.write(offered, out);
            out.flush();
            writer.close();
            LOG.atInfo().addKeyValue("sequence", offered.cut().sequence()).log("a cut was sent to another node");
        } catch (IOException | RuntimeException e) {
            writer.close(e);
            LOG.atWarn().setCause(e).log("a cut was not sent to the end");
        } finally {
            try {
                cuts.drop();
            } catch (StorageException e) {
                LOG.atWarn().setCause(e).log("a cut that was kept for another node cannot be deleted");
            }
        }
    }

    /** Waits for each piece to be taken before the next: a store does not fit into memory. */
    private static final class ToResponse extends OutputStream {
        private final HttpResponseWriter writer;

        ToResponse(HttpResponseWriter writer) {
            this.writer = writer;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[]{(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!writer.tryWrite(HttpData.copyOf(bytes, offset, length))) {
                throw new IOException("the other node has hung up");
            }
            try {
                writer.whenConsumed().get(STALL_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("the other node has hung up or stands still", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
