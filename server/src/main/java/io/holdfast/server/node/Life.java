package io.holdfast.server.node;

import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Engine;
import io.holdfast.engine.runner.EngineThreads;
import io.holdfast.raft.RaftLog;
import io.holdfast.store.RocksStore;

/** What a node of a group has between two cuts that it takes over: each begins with a new one. */
record Life(RaftLog log, RocksStore store, Engine engine, EngineThreads threads) {

    /** What to say while there is none. */
    static Coordinator.EngineUnavailable none() {
        return new Coordinator.EngineUnavailable("this node has no engine yet: it is coming into its group");
    }
}
