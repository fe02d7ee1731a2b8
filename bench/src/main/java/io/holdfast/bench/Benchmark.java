package io.holdfast.bench;

import io.holdfast.bench.measure.BenchResult;
import java.util.List;

/** One benchmark with its floor. */
interface Benchmark {

    String name();

    /** In one line, for the help text. */
    String description();

    List<BenchResult> run(Run run) throws Exception;
}
