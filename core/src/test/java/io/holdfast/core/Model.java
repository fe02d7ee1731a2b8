package io.holdfast.core;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the core should do, said in another way: per transaction only facts are kept (what was decided, which calls were
 * answered), and what is owed and whether it is over are derived from them anew each time.
 */
final class Model {

    private final Limits limits;
    private final Map<String, Facts> known = new TreeMap<>();
    private final ArrayDeque<String> finished = new ArrayDeque<>();
    private boolean someHaveLeft;
    private long now;

    Model(Limits limits) {
        this.limits = limits;
    }

    /** The facts about one transaction. */
    static final class Facts {
        final Command.Begin begin;
        final long deadlineAt;
        final Map<String, BranchSpec> branches = new LinkedHashMap<>();
        @Nullable
        Decision decision;
        boolean settled;
        boolean paused;
        int failedAttempts;
        final Set<Integer> forwardDone = new HashSet<>();
        final Set<Integer> backwardDone = new HashSet<>();
        /** What a Saga may have started when it was decided to take it back. */
        Set<Integer> started = Set.of();

        Facts(Command.Begin begin, long now) {
            this.begin = begin;
            this.deadlineAt = begin.deadlineMillis() == 0 ? Long.MAX_VALUE : now + begin.deadlineMillis();
            begin.branches().forEach(b -> branches.put(b.branchId(), b));
        }

        BranchSpec spec(int index) {
            return List.copyOf(branches.values()).get(index);
        }

        boolean isSaga() {
            return begin.mode() == Mode.SAGA;
        }

        Set<Integer> all() {
            Set<Integer> all = new TreeSet<>();
            for (int i = 0; i < branches.size(); i++) {
                all.add(i);
            }
            return all;
        }

        /** Which of {@code among} wait for nothing that is not in {@code done}, where {@code done} grows by what is not called. */
        private Set<Integer> ready(Set<Integer> among, Set<Integer> done, boolean forward) {
            Set<Integer> ready = new TreeSet<>();
            for (boolean again = true; again;) {
                again = false;
                for (int i : among) {
                    if (!done.contains(i) && !ready.contains(i) && done.containsAll(waitsFor(i, among, forward))) {
                        String url = forward ? spec(i).forwardUrl() : spec(i).backwardUrl();
                        (url.isEmpty() ? done : ready).add(i);
                        again = true;
                    }
                }
            }
            return ready;
        }

        private Set<Integer> waitsFor(int index, Set<Integer> among, boolean forward) {
            Set<Integer> waitsFor = new HashSet<>();
            for (int other : among) {
                boolean before = begin.order().concurrent()
                        ? forward ? predecessors(index).contains(other) : predecessors(other).contains(index)
                        : forward ? other < index : other > index;
                if (isSaga() && before) {
                    waitsFor.add(other);
                }
            }
            return waitsFor;
        }

        private List<Integer> predecessors(int index) {
            List<List<Integer>> all = begin.order().predecessors();
            return index < all.size() ? all.get(index) : List.of();
        }

        private Set<Integer> done(boolean forward) {
            return new HashSet<>(forward ? forwardDone : backwardDone);
        }

        /** Which side is called now; null if none. */
        @Nullable
        Boolean side() {
            if (settled || decision == null && !isSaga()) {
                return null;
            }
            return decision != Decision.CANCEL;
        }

        private Set<Integer> calledOn(boolean forward) {
            return isSaga() && !forward ? started : all();
        }

        Set<Integer> owed() {
            Boolean side = side();
            return side == null ? Set.of() : ready(calledOn(side), done(side), side);
        }

        boolean isOver() {
            return settled || side() != null && owed().isEmpty();
        }

        /** What may have been started: what is done, what had nothing to call, and what is owed. */
        Set<Integer> startedNow() {
            Set<Integer> done = done(true);
            Set<Integer> started = new HashSet<>(ready(all(), done, true));
            started.addAll(done);
            return started;
        }

        void takeBack() {
            started = isSaga() ? startedNow() : Set.of();
            decision = Decision.CANCEL;
        }

        Operation operation() {
            boolean forward = decision != Decision.CANCEL;
            return isSaga()
                    ? forward ? Operation.ACTION : Operation.COMPENSATE
                    : forward ? Operation.CONFIRM : Operation.CANCEL;
        }

        String state() {
            if (settled) {
                return "SETTLED_BY_HAND";
            }
            boolean over = isOver();
            if (decision == Decision.CANCEL) {
                return over ? "CANCELLED" : isSaga() ? "COMPENSATING" : "CANCELLING";
            }
            return over ? "CONFIRMED" : isSaga() ? "RUNNING" : decision == null ? "TRYING" : "CONFIRMING";
        }
    }

    void step(long nowMillis, List<Command> commands) {
        now = nowMillis;
        Set<String> over = new HashSet<>();
        known.forEach((gid, facts) -> {
            if (facts.isOver()) {
                over.add(gid);
            }
        });
        for (Command command : commands) {
            apply(command);
            for (String gid : known.keySet()) {
                noteIfOver(gid, over);
            }
        }
        // Time first, gid second, as the timers fire.
        List<Facts> due = new ArrayList<>(known.values().stream()
                .filter(f -> !f.isOver() && f.decision == null && f.deadlineAt <= now).toList());
        due.sort((a, b) -> a.deadlineAt != b.deadlineAt
                ? Long.compare(a.deadlineAt, b.deadlineAt)
                : a.begin.gid().compareTo(b.begin.gid()));
        for (Facts facts : due) {
            facts.takeBack();
            noteIfOver(facts.begin.gid(), over);
        }
        while (finished.size() > limits.maxFinished()) {
            known.remove(finished.remove());
            someHaveLeft = true;
        }
    }

    private void noteIfOver(String gid, Set<String> over) {
        Facts facts = known.get(gid);
        if (facts != null && facts.isOver() && over.add(gid)) {
            finished.add(gid);
        }
    }

    private void apply(Command command) {
        switch (command) {
            case Command.Begin begin -> begin(begin);
            case Command.Register register -> register(register);
            case Command.Decide decide -> decide(decide);
            case Command.Answered answered -> answered(answered);
            case Command.AttemptFailed failed -> {
                Facts facts = live(failed.gid());
                int limit = facts == null ? 0 : facts.begin.policy().retryLimit();
                if (facts != null && limit > 0 && facts.operation() == Operation.ACTION
                        && facts.owed().contains(failed.branchIndex()) && ++facts.failedAttempts > limit) {
                    facts.takeBack();
                }
            }
            case Command.Operate operate -> {
                Facts facts = live(operate.gid());
                if (facts != null) {
                    facts.paused = switch (operate.action()) {
                        case PAUSE -> true;
                        case RESUME -> false;
                        case RETRY, SETTLE -> facts.paused;
                    };
                    facts.settled = operate.action() == Command.OperatorAction.SETTLE && !operate.reason().isEmpty();
                }
            }
            case Command.ErrorNoted noted -> {
            }
            case Command.AttentionNeeded needed -> {
            }
            case Command.Heartbeat beat -> {
            }
            case Command.Boot boot -> {
            }
            case Command.Activate activate -> {
            }
        }
    }

    private @Nullable Facts live(String gid) {
        Facts facts = known.get(gid);
        return facts == null || facts.isOver() ? null : facts;
    }

    private void begin(Command.Begin begin) {
        long unfinished = known.values().stream().filter(f -> !f.isOver()).count();
        Facts fresh = new Facts(begin, now);
        String key = begin.attributes().businessKey();
        boolean keyIsTaken = !key.isEmpty() && known.values().stream()
                .anyMatch(f -> f.begin.attributes().businessKey().equals(key));
        boolean certain = !someHaveLeft || begin.lookedAt() != 0;
        if (certain && !keyIsTaken && !known.containsKey(begin.gid())
                && fresh.branches.size() == begin.branches().size()
                && begin.branches().size() <= limits.maxBranches()
                && begin.order().problem(begin.branches().size()).isEmpty() && unfinished < limits.maxUnfinished()) {
            known.put(begin.gid(), fresh);
        }
    }

    private void register(Command.Register register) {
        Facts facts = live(register.gid());
        if (facts == null || facts.isSaga() || facts.decision != null) {
            return;
        }
        Map<String, BranchSpec> merged = new LinkedHashMap<>(facts.branches);
        for (BranchSpec spec : register.branches()) {
            BranchSpec twin = merged.putIfAbsent(spec.branchId(), spec);
            if (twin != null && !twin.equals(spec)) {
                return;
            }
        }
        if (merged.size() <= limits.maxBranches()) {
            facts.branches.putAll(merged);
        }
    }

    private void decide(Command.Decide decide) {
        Facts facts = live(decide.gid());
        if (facts == null || facts.decision != null || facts.isSaga() && decide.decision() == Decision.CONFIRM
                || !decide.tryResults().stream().allMatch(r -> facts.branches.containsKey(r.branchId()))) {
            return;
        }
        if (decide.decision() == Decision.CANCEL) {
            facts.takeBack();
        } else {
            facts.decision = Decision.CONFIRM;
        }
    }

    private void answered(Command.Answered answered) {
        Facts facts = live(answered.gid());
        if (facts == null || facts.side() == null || facts.operation() != answered.operation()
                || !facts.owed().contains(answered.branchIndex())) {
            return;
        }
        if (answered.success()) {
            (answered.operation().isForward() ? facts.forwardDone : facts.backwardDone).add(answered.branchIndex());
        } else if (answered.operation() == Operation.ACTION) {
            facts.takeBack();
        }
    }

    /** Gid to state. */
    Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        known.forEach((gid, facts) -> states.put(gid, facts.state()));
        return states;
    }

    /** What is called, as {@link Scenario#owed} writes it. */
    Set<String> owed() {
        Set<String> owed = new TreeSet<>();
        known.forEach((gid, facts) -> {
            if (!facts.isOver() && !facts.paused) {
                facts.owed().forEach(i -> owed.add(gid + "/" + i + "/" + facts.operation().wireName()));
            }
        });
        return owed;
    }

    /** The earliest deadline of what is undecided. */
    long earliestDeadline() {
        return known.values().stream().filter(f -> !f.isOver() && f.decision == null).mapToLong(f -> f.deadlineAt).min()
                .orElse(Long.MAX_VALUE);
    }
}
