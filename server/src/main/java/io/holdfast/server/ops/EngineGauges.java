package io.holdfast.server.ops;

import java.util.Map;
import java.util.function.Supplier;

/** Numbers that an engine shows in the metrics. */
@FunctionalInterface
public interface EngineGauges {

    /**
     * By metric name, in lower case with dots, for example {@code holdfast.transactions.unfinished}. The suppliers are called
     * on any thread, at every scrape, and must not block.
     */
    Map<String, Supplier<Number>> gauges();

    EngineGauges NONE = Map::of;
}
