package io.holdfast.tests.process;

import io.holdfast.tests.process.Participant.Behaviour;
import io.holdfast.tests.process.Participant.Call;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A participant that never dies and keeps its books right: a fence in front of every effect, and a journal of what was
 * delivered. Its answers come late, twice or never, by a seeded plan, until {@link #behave}. Thread-safe.
 */
final class FencedBranches implements Behaviour {

    private static final int OK = 200;
    private static final int REFUSED = 409;
    private static final int ONGOING = 425;
    private static final int BROKEN = 500;
    /** Beyond the second that calls may take. */
    private static final long TOO_LATE_MILLIS = 1_300;

    /** What one branch has seen. {@code delivered} counts calls, {@code done} says whether one took effect. */
    private static final class Journal {
        private int forwardDelivered;
        private int backwardDelivered;
        private boolean tried;
        private boolean forwardDone;
        private boolean undone;
    }

    private record Key(String gid, String branchId) {}

    private final ConcurrentHashMap<Key, Journal> branches = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong deliveries = new AtomicLong();
    private final long seed;
    private volatile boolean faulty = true;

    FencedBranches(long seed) {
        this.seed = seed;
    }

    /** No more faults. */
    void behave() {
        faulty = false;
    }

    /** Calls that arrived. */
    long deliveries() {
        return deliveries.get();
    }

    /** What no fence excuses, seen while it happened. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** Try. Returns whether it holds; a cancelled branch refuses it. */
    boolean attempt(String gid, String branchId) {
        Journal journal = journal(gid, branchId);
        synchronized (journal) {
            if (journal.backwardDelivered > 0) {
                return false;
            }
            journal.tried = true;
            return true;
        }
    }

    @Override
    public int answer(Call call) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed ^ deliveries.incrementAndGet() * 0x9E3779B97F4A7C15L);
        int fault = faulty ? random.nextInt(100) : 100;
        if (fault < 5) {
            return BROKEN;
        }
        if (fault < 8) {
            return Participant.DROP;
        }
        if (fault < 10) {
            return ONGOING;
        }
        if (fault < 15) {
            Eventually.pass(random.nextInt(50, 400));
        }
        int status = fenced(call);
        if (fault >= 15 && fault < 21) {
            return BROKEN;
        }
        if (fault >= 21 && fault < 26) {
            return Participant.DROP;
        }
        if (fault >= 26 && fault < 31) {
            Eventually.pass(fault == 30 ? TOO_LATE_MILLIS : random.nextInt(50, 400));
        }
        return status;
    }

    private int fenced(Call call) {
        Journal journal = journal(call.gid(), call.branchId());
        synchronized (journal) {
            return switch (call.op()) {
                case "confirm" -> confirm(call, journal);
                case "cancel" -> cancel(call, journal);
                case "action" -> action(call, journal);
                case "compensate" -> compensate(journal);
                default -> {
                    violations.add("an unknown operation was called: " + call);
                    yield BROKEN;
                }
            };
        }
    }

    private int confirm(Call call, Journal journal) {
        journal.forwardDelivered++;
        if (journal.backwardDelivered > 0) {
            violations.add("confirm after cancel: " + call);
        }
        if (!journal.tried) {
            violations.add("confirm without try: " + call);
        }
        journal.forwardDone = true;
        return OK;
    }

    private int cancel(Call call, Journal journal) {
        journal.backwardDelivered++;
        if (journal.forwardDelivered > 0) {
            violations.add("cancel after confirm: " + call);
        }
        journal.undone = true;
        return OK;
    }

    /** Late means after its compensation: a call of a killed server that was still on its way. */
    private static int action(Call call, Journal journal) {
        journal.forwardDelivered++;
        if (journal.backwardDelivered > 0 || call.path().contains("/refusing/")) {
            return REFUSED;
        }
        journal.forwardDone = true;
        return OK;
    }

    private static int compensate(Journal journal) {
        journal.backwardDelivered++;
        journal.undone = true;
        return OK;
    }

    private Journal journal(String gid, String branchId) {
        return branches.computeIfAbsent(new Key(gid, branchId), key -> new Journal());
    }

    /** The effect on a branch of a transaction that has ended. */
    Effect effect(String gid, String branchId) {
        Journal journal = journal(gid, branchId);
        synchronized (journal) {
            return new Effect(journal.tried, journal.forwardDone, journal.undone, journal.forwardDelivered,
                    journal.backwardDelivered);
        }
    }

    /**
     * @param tried             whether a Try took effect
     * @param forwardDone       whether a Confirm or an action took effect
     * @param undone            whether a Cancel or a compensation took effect, be it an empty one
     * @param forwardDelivered  calls of Confirm or action
     * @param backwardDelivered calls of Cancel or compensation
     */
    record Effect(boolean tried, boolean forwardDone, boolean undone, int forwardDelivered, int backwardDelivered) {}
}
