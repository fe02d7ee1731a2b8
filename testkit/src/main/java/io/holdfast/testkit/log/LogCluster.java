package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.fail;

import io.holdfast.engine.Bell;
import io.holdfast.engine.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The nodes of a group, and whoever lets them run, proposes and waits. */
final class LogCluster {

    private static final long PATIENCE_MILLIS = 60_000;

    private final LogGroup group;
    private final SplittableRandom random;
    private final Bell bell = new Bell();
    private final LogTruth truth = new LogTruth();
    private final List<LogMember> members = new ArrayList<>();
    private final TreeSet<Integer> needingCuts = new TreeSet<>();
    private long payloads;

    LogCluster(LogGroup group, SplittableRandom random) {
        this.group = group;
        this.random = random;
        for (int node = 0; node < group.size(); node++) {
            members.add(new LogMember(group, node, truth, bell));
        }
    }

    LogGroup group() {
        return group;
    }

    LogTruth truth() {
        return truth;
    }

    List<LogMember> members() {
        return members;
    }

    /** Ends everything. */
    void end() throws StorageException {
        for (LogMember member : members) {
            if (member.isUp()) {
                member.stop();
            }
        }
        group.close();
    }

    void startAll() throws StorageException {
        for (LogMember member : members) {
            member.start(member.released());
        }
    }

    int pollAll() throws StorageException {
        int taken = 0;
        for (LogMember member : members) {
            taken += member.poll();
        }
        if (taken == 0) {
            group.pass(bell);
        }
        return taken;
    }

    /** Waits until it holds; fails after a while. */
    void await(String what, Condition condition) throws StorageException {
        long deadline = group.nowMillis() + PATIENCE_MILLIS;
        while (!condition.holds()) {
            if (group.nowMillis() > deadline) {
                fail("waited " + PATIENCE_MILLIS + " ms for " + what + ": " + members);
            }
            pollAll();
        }
    }

    /** Looked at again and again. */
    interface Condition {
        boolean holds() throws StorageException;
    }

    LogMember leader() throws StorageException {
        await("a leader", () -> members.stream().anyMatch(LogMember::isFree));
        return members.stream().filter(LogMember::isFree).findFirst().orElseThrow();
    }

    String propose(LogMember member) throws StorageException {
        return member.propose(group.payload(random, ++payloads));
    }

    void proposeWhereFree(@Nullable LogMember butNot) throws StorageException {
        for (LogMember member : members) {
            if (member.isFree() && member != butNot) {
                propose(member);
            }
        }
    }

    /** Gets so many entries committed. */
    void commit(int count) throws StorageException {
        for (int i = 0; i < count; i++) {
            proposeAndAwait(group.payload(random, ++payloads));
        }
    }

    void proposeAndAwait(byte[] payload) throws StorageException {
        String[] proposed = new String[1];
        LogMember[] by = new LogMember[1];
        await("that a proposal is committed", () -> {
            giveCuts();
            if (proposed[0] != null && truth.holds(proposed[0])) {
                return true;
            }
            // Whoever was deposed on the way leaves a proposal that may be told later, so a new one has to be made.
            if (proposed[0] == null || !by[0].isWaiting()) {
                for (LogMember member : members) {
                    if (member.isFree()) {
                        by[0] = member;
                        proposed[0] = member.propose(proposed[0] == null ? payload : group.payload(random, ++payloads));
                        break;
                    }
                }
            }
            return false;
        });
    }

    void awaitAllTold() throws StorageException {
        await("that every node is told everything", () -> {
            giveCuts();
            return members.stream().allMatch(member -> member.isUp() && member.told() == truth.last());
        });
    }

    /** As whoever owns a node does. Returns whether one was needed. */
    boolean giveCuts() throws StorageException {
        for (int node = group.needsCut(); node >= 0; node = group.needsCut()) {
            needingCuts.add(node);
        }
        Integer node = needingCuts.pollFirst();
        if (node == null || !members.get(node).isUp()) {
            return false;
        }
        LogMember member = members.get(node);
        LogMember donor = null;
        for (LogMember other : members) {
            if (other != member && other.isUp() && (donor == null || other.released() > donor.released())) {
                donor = other;
            }
        }
        if (donor == null || donor.released() <= member.told()) {
            needingCuts.add(node);
            return false;
        }
        member.crash();
        group.installCut(node, donor.log(), donor.released());
        member.hasCut(donor.released());
        member.start(donor.released());
        return true;
    }
}
