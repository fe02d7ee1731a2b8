package io.holdfast.store;

import io.holdfast.engine.Store;

/** The same with buffers so small that RocksDB flushes all the time, before cuts and within them. */
class RocksStoreSmallBuffersTest extends RocksStoreConformanceTest {

    @Override
    protected Store open() {
        return new RocksStore(storage(), new StoreOptions(1 << 20, 64 << 10, 10));
    }
}
