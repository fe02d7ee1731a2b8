package io.holdfast.tests.process;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the server has told about one transaction. Thread-safe. */
final class Promise {

    enum Kind {
        TCC,
        SAGA,
        /** A Saga with a step whose participant always refuses. */
        DOOMED_SAGA
    }

    enum Told {
        /** Confirmed, or will be. */
        CONFIRM,
        /** Cancelled or compensated, or will be. */
        CANCEL,
        /** The Saga is stored. */
        STORED
    }

    final String gid;
    final Kind kind;
    private final Set<String> branches = ConcurrentHashMap.newKeySet();
    private final Set<Told> told = ConcurrentHashMap.newKeySet();
    private volatile boolean begun;
    private final long madeAtMillis = System.currentTimeMillis();

    Promise(String gid, Kind kind) {
        this.gid = gid;
        this.kind = kind;
    }

    void toldBegun() {
        begun = true;
    }

    void toldBranch(String branchId) {
        branches.add(branchId);
    }

    void tell(Told what) {
        begun = true;
        told.add(what);
    }

    /** Wall time before the server heard of it first, so that it cannot have finished earlier. */
    long madeAtMillis() {
        return madeAtMillis;
    }

    /** Whether the server has said that it knows the transaction. */
    boolean begun() {
        return begun;
    }

    Set<String> branches() {
        return branches;
    }

    Set<Told> told() {
        return told;
    }
}
