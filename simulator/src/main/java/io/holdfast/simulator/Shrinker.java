package io.holdfast.simulator;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Makes a failing run smaller: no workers, fewer transactions, fewer kinds of faults, fewer faults of each kind, as long as the same guarantee
 * is broken. Every run is a full one; nothing is guessed.
 */
final class Shrinker {

    private final Run run;
    private final int maxRuns;
    private final Consumer<String> progress;
    private SimOptions smallest;
    private Violation violation;
    private int runs;
    /** How often it got smaller. */
    private int steps;

    /** Runs the seed with these options. */
    interface Run {
        /** @throws Violation if a guarantee is broken */
        void with(SimOptions options);
    }

    /** What is left. */
    record Shrunk(SimOptions options, Violation violation, int runs) {}

    private Shrinker(Run run, SimOptions options, Violation violation, int maxRuns, Consumer<String> progress) {
        this.run = run;
        this.smallest = options;
        this.violation = violation;
        this.maxRuns = maxRuns;
        this.progress = progress;
    }

    /** @param progress told in words what got smaller */
    static Shrunk shrink(Run run, SimOptions options, Violation violation, int maxRuns, Consumer<String> progress) {
        return new Shrinker(run, options, violation, maxRuns, progress).shrink();
    }

    private Shrunk shrink() {
        int before;
        do {
            before = steps;
            noWorkers();
            fewerTransactions();
            fewerKinds();
            fewerOfEachKind();
        } while (steps > before && runs < maxRuns);
        return new Shrunk(smallest, violation, runs);
    }

    private void noWorkers() {
        if (smallest.workers() != SimOptions.Workers.NONE) {
            boolean smaller = fails(smallest.with(SimOptions.Workers.NONE));
            progress.accept(smaller ? "no workers are needed" : "it needs its workers");
        }
    }

    private void fewerTransactions() {
        for (int part = smallest.transactions() / 2; part > 0; part /= 2) {
            boolean smaller = true;
            while (smaller && smallest.transactions() > part) {
                int rest = smallest.transactions() - part;
                smaller = fails(smallest.withTransactions(smallest.firstTransaction(), rest))
                        || fails(smallest.withTransactions(smallest.firstTransaction() + part, rest));
            }
        }
        progress.accept(smallest.transactions() + " transactions are enough");
    }

    private void fewerKinds() {
        int left = 0;
        for (Fault fault : Fault.values()) {
            if (violation.chances(fault) > 0 && !smallest.faultless().leavesOut(fault, -1)
                    && !fails(smallest.without(smallest.faultless().without(fault)))) {
                left++;
            }
        }
        progress.accept(left + " kinds of faults are needed");
    }

    private void fewerOfEachKind() {
        for (Fault fault : Fault.values()) {
            int chances = smallest.faultless().leavesOut(fault, -1) ? 0 : violation.chances(fault);
            for (int part = Math.max(1, chances / 2); part > 0 && chances > 0; part /= 2) {
                for (int from = 0; from < chances; from += part) {
                    List<Integer> numbers = IntStream.range(from, Math.min(chances, from + part))
                            .filter(number -> !smallest.faultless().leavesOut(fault, number)).boxed().toList();
                    if (!numbers.isEmpty()) {
                        fails(smallest.without(smallest.faultless().without(fault, numbers)));
                    }
                }
            }
        }
        progress.accept("without " + smallest.faultless());
    }

    /** Whether the same guarantee is broken; then that is the smallest so far. */
    private boolean fails(SimOptions candidate) {
        if (runs >= maxRuns) {
            return false;
        }
        runs++;
        try {
            run.with(candidate);
            return false;
        } catch (Violation found) {
            if (!found.guarantee().equals(violation.guarantee())) {
                return false;
            }
            smallest = candidate;
            violation = found;
            steps++;
            return true;
        }
    }
}
