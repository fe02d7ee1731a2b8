package io.holdfast.testkit.log;

import io.holdfast.engine.Log;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.simulator.disk.FakeDisk;
import java.util.SplittableRandom;

class FileLogOnFakeDiskTest extends LogConformance {

    private final SplittableRandom random = new SplittableRandom(1);
    private FakeDisk disk = new FakeDisk(random);

    @Override
    protected Log open() {
        return new FileLog(disk, new FileLogOptions(64 << 10, 64, 1 << 20), random);
    }

    @Override
    protected void crash(Log log) {
        disk = disk.afterCrash();
    }
}
