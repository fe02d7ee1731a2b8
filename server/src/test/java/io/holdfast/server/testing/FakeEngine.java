package io.holdfast.server.testing;

import io.holdfast.engine.Coordinator;
import io.holdfast.engine.EngineFigures;
import io.holdfast.server.RunningEngine;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** An engine that only records. */
public final class FakeEngine implements RunningEngine {

    public final RecordingCoordinator recording = new RecordingCoordinator();
    public final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    @Override
    public Coordinator coordinator() {
        return recording;
    }

    @Override
    public CompletableFuture<EngineFigures> figures() {
        return CompletableFuture.failedFuture(new Coordinator.EngineUnavailable("it only records"));
    }

    @Override
    public MeterBinder metrics() {
        return registry -> {
        };
    }

    @Override
    public CompletableFuture<Void> failure() {
        return failure;
    }

    @Override
    public void close() {
        closed.set(true);
    }
}
