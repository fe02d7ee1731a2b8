package io.holdfast.server.cluster;

import io.holdfast.server.config.ClusterConfig;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node without a log comes into its group. It begins a new one together with the others only if no other node has a log: then
 * it can have promised nothing that it does not remember. Otherwise it begins with a cut of the leader, which first shows that a
 * majority without this node agrees (ADR 0012). For one thread, which it blocks.
 */
public final class Admission {

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final long ASK_AGAIN_MILLIS = 300;
    private static final long SAY_AGAIN_NANOS = 30_000_000_000L;

    /** Takes a cut of the leader in. */
    public interface Taker {

        /** @throws IOException if there was none; it is tried again */
        void take(URI leader) throws IOException, InterruptedException;
    }

    private final ClusterConfig cluster;
    private final MemberClient client;
    private final Consumer<Standing> tell;
    private Standing standing = Standing.NEW;
    private String said = "";
    private long saidAtNanos;

    /** @param tell is told what this node is, before it acts on it: others ask for it */
    public Admission(ClusterConfig cluster, MemberClient client, Consumer<Standing> tell) {
        this.cluster = cluster;
        this.client = client;
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
            Map<String, MemberClient.Member> answers = askOthers();
            if (standing == Standing.NEW && hasAnswers(answers) && noneHasLog(answers)
                    && haveSameMembers(answers)) {
                // From here on it may begin whatever the others do: nobody had a log when this life had already begun.
                standing = Standing.FOUNDER;
                tell.accept(standing);
            }
            // Whoever has an older log shows that this group is not new: for example when disks are mounted late.
            if (standing == Standing.FOUNDER && noneIsMember(answers)
                    && (areFounders(answers) || !noneHasLog(answers))) {
                return true;
            }
            if ((standing == Standing.NEW ? !noneHasLog(answers) : !noneIsMember(answers))
                    && hasTaken(answers, taker)) {
                return false;
            }
            sayWhy(answers);
            Thread.sleep(ASK_AGAIN_MILLIS);
        }
    }

    private List<ClusterConfig.Member> others() {
        return cluster.members().stream().filter(member -> !member.id().equals(cluster.node())).toList();
    }

    private Map<String, MemberClient.Member> askOthers() throws InterruptedException {
        Map<String, MemberClient.Member> answers = new HashMap<>();
        for (ClusterConfig.Member other : others()) {
            try {
                MemberClient.Member answer = client.ask(other.api());
                if (answer.node().equals(other.id())) {
                    answers.put(other.id(), answer);
                } else {
                    say("at " + other.api() + " is node " + answer.node() + ", not " + other.id());
                }
            } catch (IOException e) {
                LOG.atDebug().addKeyValue("node", other.id()).addKeyValue("cause", e.toString()).log("no answer");
            }
        }
        return answers;
    }

    private boolean hasAnswers(Map<String, MemberClient.Member> answers) {
        return answers.size() == cluster.members().size() - 1;
    }

    private static boolean noneIsMember(Map<String, MemberClient.Member> answers) {
        return answers.values().stream().noneMatch(member -> member.standing().isOfOldGroup());
    }

    private static boolean noneHasLog(Map<String, MemberClient.Member> answers) {
        return answers.values().stream().noneMatch(member -> member.standing().hasLog());
    }

    private boolean areFounders(Map<String, MemberClient.Member> answers) {
        return hasAnswers(answers)
                && answers.values().stream().allMatch(member -> member.standing() == Standing.FOUNDER);
    }

    /** Who is configured with others does not begin the same group. */
    private boolean haveSameMembers(Map<String, MemberClient.Member> answers) {
        Set<ClusterConfig.Member> own = Set.copyOf(cluster.members());
        for (MemberClient.Member answer : answers.values()) {
            if (!Set.copyOf(answer.members()).equals(own)) {
                say("node " + answer.node() + " is configured with other members ("
                        + CurrentMembers.text(answer.members())
                        + ") than this node (" + CurrentMembers.text(cluster.members())
                        + "): they do not begin a group together");
                return false;
            }
        }
        return true;
    }

    private boolean hasTaken(Map<String, MemberClient.Member> answers, Taker taker) throws InterruptedException {
        for (MemberClient.Member answer : answers.values()) {
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

    private void sayWhy(Map<String, MemberClient.Member> answers) {
        List<String> silent = new ArrayList<>();
        for (ClusterConfig.Member other : others()) {
            if (!answers.containsKey(other.id())) {
                silent.add(other.id());
            }
        }
        if (noneHasLog(answers)) {
            say(silent.isEmpty()
                    ? "waiting until every node is ready to begin the group"
                    : "no answer of " + silent + ": a new group begins when every node has started");
        } else {
            say("this node has no log, and its group has begun: waiting for a leader that gives it a cut");
        }
    }

    private void say(String what) {
        if (!what.equals(said) || System.nanoTime() - saidAtNanos > SAY_AGAIN_NANOS) {
            said = what;
            saidAtNanos = System.nanoTime();
            LOG.info(what);
        }
    }
}
