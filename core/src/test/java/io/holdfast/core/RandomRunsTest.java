package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Transitions.Row;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Thousands of short random lives against {@link Model}, with the invariants looked at after every entry. */
class RandomRunsTest {

    private static final int RUNS = Integer.getInteger("holdfast.runs", 2_000);
    private static final int ENTRIES = 40;

    @Test
    void theCoreDoesWhatTheModelSays() {
        Set<Row> used = new HashSet<>();
        for (long seed = 1; seed <= RUNS; seed++) {
            try {
                used.addAll(run(new Random(seed)));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
        // Else the generator has gone blind.
        assertThat(used).containsAll(Transitions.rows());
    }

    private static Set<Row> run(Random random) {
        Limits limits = new Limits(1 + random.nextInt(6), 1 << 30, 2 + random.nextInt(4), random.nextInt(5));
        Scenario scenario = new Scenario(limits);
        Model model = new Model(limits);
        RandomCommands commands = new RandomCommands(random);
        Map<String, Transaction> earlier = new HashMap<>();
        long now = 0;
        for (int i = 0; i < ENTRIES; i++) {
            long step = commands.step();
            now += step;
            List<Command> batch = commands.batch();
            Outcome outcome = scenario.later(step).entry(batch);
            model.step(now, batch);
            assertThat(outcome.replies()).hasSameSizeAs(batch);
            checkAgainstModel(scenario, model);
            checkInvariants(scenario.core, outcome, earlier);
        }
        checkReplay(scenario);
        CutsAndRestarts.check(scenario.entries, random);
        return scenario.used;
    }

    private static void checkAgainstModel(Scenario scenario, Model model) {
        Map<String, String> states = new TreeMap<>();
        scenario.core.forEach(0, (ordinal, t) -> states.put(t.gid(), t.state().name()) == null);
        assertThat(states).isEqualTo(model.states());
        assertThat(scenario.owed()).isEqualTo(model.owed());
        assertThat(scenario.core.nextWakeAtMillis()).isLessThanOrEqualTo(model.earliestDeadline());
    }

    private static long oldestUnfinished(Core core) {
        long[] created = {0};
        core.forEach(0, (ordinal, t) -> {
            created[0] = t.state().isFinished() ? 0 : t.terms().createdWallMillis();
            return t.state().isFinished();
        });
        return created[0];
    }

    private static void checkInvariants(Core core, Outcome outcome, Map<String, Transaction> earlier) {
        int unfinished = 0;
        int finished = 0;
        int attention = 0;
        int paused = 0;
        long bytes = 0;
        Map<String, Transaction> now = new HashMap<>();
        core.forEach(0, (ordinal, t) -> now.put(t.gid(), t) == null);
        for (Transaction t : now.values()) {
            unfinished += t.state().isFinished() ? 0 : 1;
            finished += t.state().isFinished() ? 1 : 0;
            attention += !t.state().isFinished() && t.needsAttention() ? 1 : 0;
            paused += !t.state().isFinished() && t.isPaused() ? 1 : 0;
            bytes += t.state().isFinished() ? 0 : Ledger.estimateBytes(t);
            checkBranches(t);
            assertThat(t.finishedWallMillis() != 0).isEqualTo(t.state().isFinished());
        }
        assertThat(core.unfinished()).isEqualTo(unfinished);
        assertThat(core.needAttention()).isEqualTo(attention);
        assertThat(core.paused()).isEqualTo(paused);
        assertThat(core.oldestUnfinishedWallMillis()).isEqualTo(oldestUnfinished(core));
        assertThat(core.finishedKept()).isEqualTo(finished);
        assertThat(core.liveBytes()).isEqualTo(bytes);
        assertThat(unfinished).isLessThanOrEqualTo(core.limits().maxUnfinished());
        assertThat(finished).isLessThanOrEqualTo(core.limits().maxFinished());
        earlier.forEach((gid, before) -> checkLater(before, now.get(gid), outcome));
        earlier.clear();
        earlier.putAll(now);
    }

    private static void checkBranches(Transaction t) {
        for (Branch branch : t.branches()) {
            if (t.mode() == Mode.TCC) {
                assertThat(branch.forward() == Progress.IDLE || branch.backward() == Progress.IDLE)
                        .as("both Confirm and Cancel: %s", branch).isTrue();
            } else if (branch.backward() != Progress.IDLE) {
                assertThat(branch.forward()).as("compensated but not started").isNotIn(Progress.IDLE, Progress.OWED);
            }
        }
        if (t.state() == State.CONFIRMED) {
            assertThat(t.branches()).allMatch(b -> b.forward() == Progress.DONE && b.backward() == Progress.IDLE);
        }
        if (t.state() == State.CANCELLED) {
            assertThat(t.branches()).noneMatch(b -> b.forward() == Progress.OWED || b.backward() == Progress.OWED);
        }
    }

    private static void checkLater(Transaction before, @org.jspecify.annotations.Nullable Transaction after,
            Outcome outcome) {
        if (after == null) {
            assertThat(outcome.evicted()).contains(before.gid());
            assertThat(outcome.changed().stream().filter(t -> t.gid().equals(before.gid())).reduce(before, (a, b) -> b)
                    .state().isFinished()).as("unfinished %s has left", before.gid()).isTrue();
            return;
        }
        if (before.state().isFinished()) {
            assertThat(after).isEqualTo(before);
        } else if (!before.state().isUndecided() && after.state() != State.SETTLED_BY_HAND) {
            assertThat(isForward(after.state())).as("decision of %s", before.gid())
                    .isEqualTo(isForward(before.state()));
        }
        assertThat(after.terms()).isEqualTo(before.terms());
        assertThat(after.branches().size()).isGreaterThanOrEqualTo(before.branches().size());
        for (int i = 0; i < before.branches().size(); i++) {
            if (before.branches().get(i).forward() == Progress.DONE) {
                assertThat(after.branches().get(i).forward()).isEqualTo(Progress.DONE);
            }
            if (before.branches().get(i).backward() == Progress.DONE) {
                assertThat(after.branches().get(i).backward()).isEqualTo(Progress.DONE);
            }
        }
    }

    private static boolean isForward(State state) {
        return state == State.CONFIRMING || state == State.CONFIRMED;
    }

    private static void checkReplay(Scenario scenario) {
        Core replayed = new Core();
        scenario.entries.forEach(replayed::step);
        assertThat(replayed.stateHash()).isEqualTo(scenario.core.stateHash());
        Set<String> owed = new java.util.TreeSet<>();
        replayed.forEachObligation(
                o -> owed.add(o.transaction().gid() + "/" + o.branchIndex() + "/" + o.operation().wireName()));
        assertThat(owed).isEqualTo(scenario.owed());
        assertThat(replayed.nextWakeAtMillis()).isEqualTo(scenario.core.nextWakeAtMillis());
    }
}
