package io.holdfast.server.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.api.ErrorCode;
import io.holdfast.raft.MembersRefused;
import io.holdfast.raft.RaftSettings;
import io.holdfast.server.config.AccessToken;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.config.ConfigException;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.Leadership;
import io.holdfast.server.http.RequestBodies;
import io.holdfast.server.http.Traffic;
import io.holdfast.server.ops.ServerMetrics;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /api/v1/cluster/members} adds a node that has started and waits for it, {@code DELETE} removes one. The leader does it; one
 * that is to be removed lets another node lead first, and hands the order on to that.
 */
public final class MemberEndpoints {

    static final String PATH = "/api/v1/cluster/members";
    private static final Logger LOG = LoggerFactory.getLogger(MemberEndpoints.class);
    private static final String ALLOWED = "{\"id\": \"n4\", \"log\": \"10.0.0.4:36791\", \"api\": \"http://10.0.0.4:36789\"}";
    /** A new node may be fetching its first cut. */
    private static final long NEW_NODE_MILLIS = 15_000;
    private static final long ASK_AGAIN_MILLIS = 300;
    private static final long OTHER_LEADER_MILLIS = 5_000;

    private final @Nullable AccessToken token;
    private final @Nullable X509TrustManager trust;
    private volatile @Nullable ClusterPart group;

    /**
     * @param token of the group; null for none
     * @param trust whose signature the certificates of other nodes have to have; null for the usual ones
     */
    public MemberEndpoints(@Nullable AccessToken token, @Nullable X509TrustManager trust) {
        this.token = token;
        this.trust = trust;
    }

    /** From now on this node is one of a group. */
    public void begin(ClusterPart part) {
        group = part;
    }

    public void bind(ServerBuilder server, Traffic traffic, RequestBodies bodies, ServerMetrics metrics) {
        server.service(Route.builder().path(PATH).methods(HttpMethod.POST).build(),
                metrics.measured("cluster_member_add",
                        (context, request) -> HttpResponse.of(bodies.receive(context, request)
                                .thenCompose(whole -> onThread(context, part -> add(part, whole.contentUtf8())))))
                        .decorate(traffic));
        server.service(Route.builder().path(PATH + "/{id}").methods(HttpMethod.DELETE).build(),
                metrics.measured("cluster_member_remove",
                        (context, request) -> HttpResponse.of(onThread(context,
                                part -> remove(part, String.valueOf(context.pathParam("id"))))))
                        .decorate(traffic));
    }

    private interface Order {
        AggregatedHttpResponse carryOut(ClusterPart part) throws InterruptedException;
    }

    /** Each waits for others, and there are few of them. */
    private CompletableFuture<HttpResponse> onThread(ServiceRequestContext context, Order order) {
        ClusterPart part = group;
        if (part == null) {
            return CompletableFuture.completedFuture(ClusterEndpoints.alone());
        }
        context.clearRequestTimeout();
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("holdfast-members").start(() -> {
            try {
                answer.complete(order.carryOut(part).toHttpResponse());
            } catch (InterruptedException | RuntimeException e) {
                LOG.atError().setCause(e).log("an order to change the members has failed");
                answer.complete(unknown("the order has failed on the way: " + e).toHttpResponse());
            }
        });
        return answer;
    }

    private AggregatedHttpResponse add(ClusterPart part, String body) throws InterruptedException {
        ClusterConfig.Member added;
        try {
            JsonNode order = Answers.JSON.readTree(body);
            added = ClusterConfig.Member.parse(order.path("id").asText() + " " + order.path("log").asText() + " "
                    + order.path("api").asText());
        } catch (JsonProcessingException | ConfigException e) {
            return Answers.error(ErrorCode.INVALID, "this is no member", ALLOWED);
        }
        boolean isKnown = part.members().all().stream().anyMatch(
                member -> member.id().equals(added.id()) || member.log().equals(added.log())
                        || member.api().equals(added.api()));
        if (!isKnown) {
            String problem = awaitNewNode(added);
            if (!problem.isEmpty()) {
                return Answers.error(HttpStatus.CONFLICT, "member_unreachable", problem, null);
            }
        }
        LOG.atInfo().addKeyValue("member", added.text()).log("ordered to add a member");
        return answer(part.changes().add(added));
    }

    /** What keeps it from coming in; empty for nothing. */
    private String awaitNewNode(ClusterConfig.Member added) throws InterruptedException {
        long giveUpAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NEW_NODE_MILLIS);
        try (MemberClient client = new MemberClient(token, trust)) {
            while (true) {
                String problem;
                try {
                    MemberClient.Member found = client.ask(added.api());
                    if (!found.node().equals(added.id())) {
                        return "at " + added.api() + " is node " + found.node() + ", not " + added.id();
                    }
                    if (found.standing() == Standing.APPLICANT) {
                        return "";
                    }
                    // One that has just begun its log takes itself for a member until that has said who the members are.
                    problem = found.standing().hasLog()
                            ? added.id() + " is in another group: a new node begins with an empty data directory"
                            : added.id() + " has no log yet: its output says what it waits for";
                } catch (IOException e) {
                    return added.id() + " does not answer at " + added.api()
                            + ": start it first, with an empty data directory and cluster.members that name it and "
                            + "the members there are (" + e.getMessage() + ")";
                }
                if (System.nanoTime() - giveUpAtNanos > 0) {
                    return problem;
                }
                Thread.sleep(ASK_AGAIN_MILLIS);
            }
        }
    }

    private AggregatedHttpResponse remove(ClusterPart part, String id) throws InterruptedException {
        LOG.atInfo().addKeyValue("member", id).log("ordered to remove a member");
        CompletableFuture<List<RaftSettings.Peer>> change = part.changes().remove(id);
        return isOfLeader(change) ? removeSelf(part) : answer(change);
    }

    private static boolean isOfLeader(CompletableFuture<List<RaftSettings.Peer>> change) throws InterruptedException {
        try {
            change.get();
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof MembersRefused refused && refused.reason() == MembersRefused.Reason.LEADS;
        }
    }

    private AggregatedHttpResponse removeSelf(ClusterPart part) throws InterruptedException {
        String self = part.config().node();
        part.changes().handOver();
        long giveUpAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(OTHER_LEADER_MILLIS);
        while (System.nanoTime() - giveUpAtNanos < 0) {
            CompletableFuture<Void> change = part.leadership().change();
            if (part.leadership().place() instanceof Leadership.Place.There there) {
                try (MemberClient client = new MemberClient(token, trust)) {
                    return client.remove(there.api(), self);
                } catch (IOException e) {
                    return unknown("node " + there.node() + " leads now and has not answered: " + e.getMessage());
                }
            }
            try {
                change.get(ASK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // Looked at again.
            }
        }
        return Answers.error(ErrorCode.NO_LEADER, self + " leads, and no other node has taken over: nothing was done",
                null);
    }

    private static AggregatedHttpResponse answer(CompletableFuture<List<RaftSettings.Peer>> change)
            throws InterruptedException {
        try {
            ObjectNode body = Answers.object();
            ArrayNode members = body.putArray("members");
            change.get().forEach(peer -> members.addObject().put("id", peer.id()).put("log", peer.address())
                    .put("api", peer.api()));
            return Answers.json(HttpStatus.OK, body);
        } catch (ExecutionException e) {
            return e.getCause() instanceof MembersRefused refused
                    ? refusal(refused)
                    : unknown(String.valueOf(e.getCause()));
        }
    }

    private static AggregatedHttpResponse refusal(MembersRefused refused) {
        String why = String.valueOf(refused.getMessage());
        return switch (refused.reason()) {
            case NO_LEADER, LEADS ->
                Answers.error(ErrorCode.NO_LEADER, why + ": nothing was done, send it again", null);
            case UNKNOWN_OUTCOME -> unknown(why);
            case UNDER_WAY -> Answers.error(HttpStatus.CONFLICT, "change_under_way", why, null);
            case DUPLICATE -> Answers.error(HttpStatus.CONFLICT, "member_exists", why, null);
            case UNKNOWN_MEMBER -> Answers.error(HttpStatus.NOT_FOUND, "no_such_member", why, null);
            case LAST_MEMBER -> Answers.error(HttpStatus.CONFLICT, "last_member", why, null);
            case TOO_MANY -> Answers.error(HttpStatus.CONFLICT, "too_many_members", why, null);
            case NO_MAJORITY -> Answers.error(HttpStatus.CONFLICT, "no_majority", why, null);
            case NOT_REACHED -> Answers.error(HttpStatus.CONFLICT, "member_unreachable", why, null);
        };
    }

    private static AggregatedHttpResponse unknown(String why) {
        return Answers.error(ErrorCode.UNKNOWN_OUTCOME, why + ": look at the members, and order it again if need be",
                null);
    }
}
