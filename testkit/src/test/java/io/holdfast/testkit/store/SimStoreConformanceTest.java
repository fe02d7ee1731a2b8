package io.holdfast.testkit.store;

import io.holdfast.engine.Store;
import io.holdfast.simulator.SimStore;
import io.holdfast.simulator.disk.FakeDisk;
import java.util.SplittableRandom;

/** The model that the simulator runs on keeps what the port promises. */
class SimStoreConformanceTest extends StoreConformance {

    private FakeDisk disk = new FakeDisk(new SplittableRandom(1));
    private SimStore.Durable durable = new SimStore.Durable();

    @Override
    protected Store open() {
        return new SimStore(disk, durable);
    }

    @Override
    protected void crash(Store store) {
        disk = disk.afterCrash();
    }

    @Override
    protected void clear() {
        disk = new FakeDisk(new SplittableRandom(1));
        durable = new SimStore.Durable();
    }
}
