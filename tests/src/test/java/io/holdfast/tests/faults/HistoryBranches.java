package io.holdfast.tests.faults;

import io.holdfast.api.State;
import io.holdfast.tests.process.Participant.Behaviour;
import io.holdfast.tests.process.Participant.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A participant that does what it is told, refuses where its URL says so, and remembers what it was told. Thread-safe. */
final class HistoryBranches implements Behaviour {

    private static final int OK = 200;
    private static final int REFUSED = 409;

    private record Branch(String gid, String id) {}

    private final ConcurrentHashMap<Branch, Set<String>> told = new ConcurrentHashMap<>();

    @Override
    public int answer(Call call) {
        told.computeIfAbsent(new Branch(call.gid(), call.branchId()), absent -> ConcurrentHashMap.newKeySet())
                .add(call.op());
        return call.path().contains("/refusing/") && call.op().equals("action") ? REFUSED : OK;
    }

    /** No branch was told to confirm and to cancel. */
    List<String> violations() {
        List<String> found = new ArrayList<>();
        told.forEach((branch, ops) -> {
            if (ops.contains("confirm") && ops.contains("cancel")) {
                found.add(branch + " was told to confirm and to cancel");
            }
        });
        return found;
    }

    /** Whether the branch of a TCC that is over was told how; {@code branchId} was acknowledged. */
    List<String> violations(String gid, String branchId, @Nullable State end) {
        Set<String> ops = told.getOrDefault(new Branch(gid, branchId), Set.of());
        if (end == State.CONFIRMED && !ops.equals(Set.of("confirm"))
                || end == State.CANCELLED && !ops.equals(Set.of("cancel"))) {
            return List.of(gid + " is " + end + ", but its branch, which was acknowledged, was told " + ops);
        }
        return List.of();
    }
}
