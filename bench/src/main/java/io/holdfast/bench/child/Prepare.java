package io.holdfast.bench.child;

import io.holdfast.bench.process.ParentLink;
import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Fills a data directory: so many unfinished transactions that a cut holds, then a tail of the log of short ones that none holds.
 * Then waits to be killed, so that what starts there next has to recover.
 */
final class Prepare {

    /** Of progress. */
    private static final int STEPS = 10;
    /** So that the directory could be filled, and can take what is measured. */
    private static final int ROOM = 100_000;

    private Prepare() {
    }

    /** @param arguments directory, transactions, bytes of the tail */
    static void run(ParentLink parent, List<String> arguments) throws Exception {
        int transactions = Integer.parseInt(arguments.get(1));
        long tailBytes = Long.parseLong(arguments.get(2));
        Limits limits = Limits.DEFAULT;
        EngineOptions options = EngineOptions.DEFAULT.withLimits(new Limits(transactions + ROOM, limits.maxLiveBytes(),
                limits.maxBranches(), limits.maxFinished()));
        EngineNode node = new EngineNode(Path.of(arguments.getFirst()), options, UnaryOperator.identity());
        for (int step = 0; step < STEPS; step++) {
            int from = (int) ((long) transactions * step / STEPS);
            int below = (int) ((long) transactions * (step + 1) / STEPS);
            node.forAll(from, below, i -> node.submit(Shapes.real(node.newGid())));
            parent.say(String.format(Locale.ROOT, "%,d unfinished transactions written", below));
        }
        Cuts.takeAll(node, options.cuts().cutBytes());
        int tail = (int) (tailBytes / (2L * Shapes.meanCommandBytes()));
        node.forAll(0, tail, i -> {
            String gid = node.newGid();
            node.submit(Shapes.empty(gid));
            node.submit(Shapes.confirm(gid));
        });
        parent.say(String.format(Locale.ROOT, "%,d finished ones written behind the last cut", tail));
        parent.answer(tail);
    }
}
