package io.holdfast.bench;

import java.nio.file.Path;
import java.util.List;

/** One benchmark with its floor. */
interface Benchmark {

    String name();

    /**
     * @param directory empty, on the disk to measure
     * @param seconds   to measure for, floor and product each
     */
    List<BenchResult> run(Path directory, int seconds, Progress progress) throws Exception;

    /** Says how far it is. */
    interface Progress {
        void say(String line);
    }
}
