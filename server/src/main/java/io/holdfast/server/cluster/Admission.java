package io.holdfast.server.cluster;

import io.holdfast.server.config.ClusterConfig;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How a node without a log comes into its group. It begins a new one together with the others only if no other node has a log: then
 * it can have promised nothing that it does not remember. Otherwise it begins with a cut of the leader, which first shows that a
 * majority without this node agrees (ADR 0012). For one thread, which it blocks.
 * <p>
 * Nodes that begin a group begin it with the same data: all with nothing, or all with the same backup (ADR 0015).
 */
public final class Admission {

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final long ASK_AGAIN_MILLIS = 300;
    private static final long SAY_AGAIN_NANOS = 30_000_000_000L;

    /** Asks another node what it is. */
    public interface Asker {

        /** @throws IOException if it does not answer */
        MemberClient.Member ask(URI api) throws IOException, InterruptedException;
    }

    /** Takes a cut of the leader in. */
    public interface Taker {

        /** @throws IOException if there was none; it is tried again */
        void take(URI leader) throws IOException, InterruptedException;
    }

    private final ClusterConfig cluster;
    private final @Nullable Foundation foundation;
    private final Asker asker;
    private final Consumer<Standing> tell;
    private Standing standing = Standing.NEW;
    private String said = "";
    private long saidAtNanos;

    /**
     * @param foundation with what this node can found a group; null for nothing
     * @param tell       is told what this node is, before it acts on it: others ask for it
     */
    public Admission(ClusterConfig cluster, @Nullable Foundation foundation, Asker asker, Consumer<Standing> tell) {
        this.cluster = cluster;
        this.foundation = foundation;
        this.asker = asker;
        this.tell = tell;
    }

    /**
     * Blocks until this node may go on.
     *
     * @param taker takes the cut, if one is needed; on return the log is that of a member
     * @return whether the node is to begin a new group
     */
    public boolean await(Taker taker) throws InterruptedException {
        while (true) {
            OtherNodes others = new OtherNodes(cluster, foundation, askOthers());
            if (standing == Standing.NEW && others.allowToBeFounder()) {
                // From here on it may begin whatever the others do: nobody had a log when this life had already begun.
                standing = Standing.FOUNDER;
                tell.accept(standing);
            }
            if (standing == Standing.FOUNDER && others.allowToBegin()) {
                return true;
            }
            if (!others.noneHasLog() && others.allowToTakeCut() && hasTaken(others, taker)) {
                return false;
            }
            sayWhy(others);
            Thread.sleep(ASK_AGAIN_MILLIS);
        }
    }

    private Map<String, MemberClient.Member> askOthers() throws InterruptedException {
        Map<String, MemberClient.Member> answers = new HashMap<>();
        for (ClusterConfig.Member other : cluster.members()) {
            if (other.id().equals(cluster.node())) {
                continue;
            }
            try {
                MemberClient.Member answer = asker.ask(other.api());
                if (answer.node().equals(other.id())) {
                    answers.put(other.id(), answer);
                } else {
                    say(Level.INFO, "at " + other.api() + " is node " + answer.node() + ", not " + other.id());
                }
            } catch (IOException e) {
                LOG.atDebug().addKeyValue("node", other.id()).addKeyValue("cause", e.toString()).log("no answer");
            }
        }
        return answers;
    }

    private boolean hasTaken(OtherNodes others, Taker taker) throws InterruptedException {
        for (MemberClient.Member answer : others.answers().values()) {
            ClusterConfig.Member leader = answer.findLeader();
            if (leader != null && !leader.id().equals(cluster.node())) {
                try {
                    LOG.atInfo().addKeyValue("leader", leader.id()).log("this node has no log: fetching a cut");
                    taker.take(leader.api());
                    return true;
                } catch (IOException e) {
                    LOG.atWarn().addKeyValue("leader", leader.id()).addKeyValue("cause", e.toString())
                            .log("no cut yet: asking again");
                    return false;
                }
            }
        }
        return false;
    }

    private void sayWhy(OtherNodes others) {
        if (!others.noneHasLog()) {
            if (others.allowToTakeCut()) {
                say(Level.INFO,
                        "this node has no log, and its group has begun: waiting for a leader that gives it a cut");
            } else {
                say(Level.WARN, "the group of this node has begun, but not with what this node has: "
                        + others.foundations()
                        + ". To join the group as it is, stop this node, empty its data directory and start it again");
            }
        } else if (!others.haveSameMembers()) {
            say(Level.WARN, "no group begins, because its nodes are not configured with the same members: "
                    + others.memberships());
        } else if (!others.haveSameFoundation()) {
            say(Level.WARN, "no group begins, because its nodes do not begin with the same: " + others.foundations()
                    + ". Restore the same backup on each of them, or empty the data directories of all");
        } else {
            say(Level.INFO, others.silent().isEmpty()
                    ? "waiting until every node is ready to begin the group"
                    : "no answer of " + others.silent() + ": a new group begins when every node has started");
        }
    }

    private void say(Level level, String what) {
        if (!what.equals(said) || System.nanoTime() - saidAtNanos > SAY_AGAIN_NANOS) {
            said = what;
            saidAtNanos = System.nanoTime();
            LOG.atLevel(level).log(what);
        }
    }
}
