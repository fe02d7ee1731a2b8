package io.holdfast.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
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

    /**
     * Says what is wrong with this order for a number of branches.
     *
     * @return a sentence, or the empty string if nothing is
     */
    public String problem(int branchCount) {
        if (predecessors.isEmpty()) {
            return "";
        }
        if (predecessors.size() > branchCount) {
            return "orders name branch " + (predecessors.size() - 1) + ", but there are only " + branchCount
                    + " branches";
        }
        int[] waiting = new int[branchCount];
        List<List<Integer>> followers = new ArrayList<>(branchCount);
        for (int i = 0; i < branchCount; i++) {
            followers.add(new ArrayList<>(2));
        }
        for (int i = 0; i < predecessors.size(); i++) {
            for (int earlier : predecessors.get(i)) {
                if (earlier < 0 || earlier >= branchCount) {
                    return "orders of branch " + i + " name branch " + earlier + ", but there are only " + branchCount
                            + " branches";
                }
                waiting[i]++;
                followers.get(earlier).add(i);
            }
        }
        return acyclic(waiting, followers) ? "" : "orders contain a cycle, so these actions would wait for ever";
    }

    /** Kahn's algorithm: takes away what waits for nothing until nothing is left, in linear time because the input is foreign. */
    private static boolean acyclic(int[] waiting, List<List<Integer>> followers) {
        ArrayDeque<Integer> free = new ArrayDeque<>();
        for (int i = 0; i < waiting.length; i++) {
            if (waiting[i] == 0) {
                free.add(i);
            }
        }
        int left = waiting.length;
        while (!free.isEmpty()) {
            left--;
            for (int follower : followers.get(free.remove())) {
                if (--waiting[follower] == 0) {
                    free.add(follower);
                }
            }
        }
        return left == 0;
    }
}
