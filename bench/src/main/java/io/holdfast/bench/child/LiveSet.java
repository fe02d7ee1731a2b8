package io.holdfast.bench.child;

import io.holdfast.bench.process.ParentLink;
import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.Retention;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import javax.management.ObjectName;

/** How much heap the engine keeps for unfinished transactions whose bodies a cut has taken: the live set after a full collection. */
public final class LiveSet {

    private static final int COLLECTIONS = 3;
    private static final int SHOWN_CLASSES = 12;
    private static final int HISTOGRAM_HEAD_LINES = 2;
    private static final int ROOM = 100_000;

    private LiveSet() {
    }

    /** Bytes of the live set with half and with all of the transactions. */
    public record Told(long halfBytes, long allBytes) {}

    /** @param arguments directory, transactions */
    static void run(ParentLink parent, List<String> arguments) throws Exception {
        int transactions = Integer.parseInt(arguments.get(1));
        Limits limits = Limits.DEFAULT;
        EngineOptions options = EngineOptions.DEFAULT
                .withLimits(new Limits(transactions + ROOM, limits.maxLiveBytes(), limits.maxBranches(),
                        limits.maxFinished()))
                .withCuts(
                        new EngineOptions.CutOptions(Cuts.CUT_BYTES, Long.MAX_VALUE,
                                EngineOptions.CutOptions.DEFAULT.cutTransactions(),
                                EngineOptions.CutOptions.DEFAULT.maxBacklog(), Retention.DEFAULT, 0));
        try (EngineNode node = new EngineNode(Path.of(arguments.getFirst()), options, UnaryOperator.identity())) {
            int half = transactions / 2;
            long halfBytes = with(parent, node, 0, half);
            long allBytes = with(parent, node, half, transactions);
            parent.say("what they consist of, and everything else in the process:");
            histogram().lines().skip(HISTOGRAM_HEAD_LINES).limit(SHOWN_CLASSES).forEach(parent::say);
            parent.answer(new Told(halfBytes, allBytes));
            parent.next();
        }
    }

    private static long with(ParentLink parent, EngineNode node, int from, int below) throws Exception {
        node.forAll(from, below, i -> node.submit(Shapes.real(node.newGid())));
        Cuts.takeAll(node, Cuts.CUT_BYTES);
        long bytes = liveBytes();
        parent.say(String.format(Locale.ROOT, "%,d unfinished: live set %,d bytes", below, bytes));
        return bytes;
    }

    private static long liveBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            ManagementFactory.getMemoryMXBean().gc();
            least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** As {@code jcmd GC.class_histogram} shows it. */
    private static String histogram() throws Exception {
        return String.valueOf(ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
                new Object[]{new String[0]}, new String[]{String[].class.getName()}));
    }
}
