package io.holdfast.core;

import java.util.List;

/**
 * Which actions of a Saga wait for which others.
 * <p>
 * Sequential: each waits for the one before it. Concurrent: action <em>i</em> waits for the actions that
 * {@code predecessors.get(i)} names by index; a missing or empty list waits for none. Compensations run in the reverse order.
 *
 * @param concurrent   whether the graph applies
 * @param predecessors per branch index, the indexes it waits for; validated acyclic by {@link #problem}
 */
public record SagaOrder(boolean concurrent, List<List<Integer>> predecessors) {

    public static final SagaOrder SEQUENTIAL = new SagaOrder(false, List.of());

    public SagaOrder {
        predecessors = predecessors.stream().map(List::copyOf).toList();
    }

    /** Whether branch {@code later} waits for branch {@code earlier}. */
    boolean waits(int later, int earlier) {
        if (!concurrent) {
            return earlier < later;
        }
        return later < predecessors.size() && predecessors.get(later).contains(earlier);
    }

    /**
     * Says what is wrong with this order for a number of branches.
     *
     * @return a sentence, or the empty string if nothing is
     */
    public String problem(int branchCount) {
        if (predecessors.size() > branchCount) {
            return "orders name branch " + (predecessors.size() - 1) + ", but there are only " + branchCount
                    + " branches";
        }
        int[] waiting = new int[branchCount];
        for (int i = 0; i < predecessors.size(); i++) {
            for (int earlier : predecessors.get(i)) {
                if (earlier < 0 || earlier >= branchCount) {
                    return "orders of branch " + i + " name branch " + earlier + ", but there are only " + branchCount
                            + " branches";
                }
                waiting[i]++;
            }
        }
        return acyclic(waiting, branchCount) ? "" : "orders contain a cycle, so these actions would wait for ever";
    }

    private boolean acyclic(int[] waiting, int branchCount) {
        boolean[] done = new boolean[branchCount];
        int left = branchCount;
        boolean progress = true;
        while (progress) {
            progress = false;
            for (int i = 0; i < branchCount; i++) {
                if (!done[i] && waiting[i] == 0) {
                    done[i] = true;
                    left--;
                    progress = true;
                    for (int j = 0; j < predecessors.size(); j++) {
                        for (int earlier : predecessors.get(j)) {
                            if (earlier == i) {
                                waiting[j]--;
                            }
                        }
                    }
                }
            }
        }
        return left == 0;
    }
}
