package io.holdfast.bench;

import io.holdfast.bench.child.ChildMain;
import io.holdfast.bench.process.ChildJvm;
import io.holdfast.bench.process.Progress;
import io.holdfast.bench.process.ServerJvm;
import io.holdfast.bench.process.Workplace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a benchmark works with.
 *
 * @param workplace    where its files and processes are
 * @param serverMain   the class that understands {@code server --data DIR --port P --config FILE}
 * @param seconds      to measure for, floor and product each
 * @param transactions for those that count open transactions instead of seconds
 * @param progress     told how far it is
 */
record Run(Workplace workplace, String serverMain, int seconds, int transactions, Progress progress) {

    private static final int WARM_UP_MILLIS = 8_000;

    /** Of floor and product each, at least. */
    int warmUpMillis() {
        return Math.min(WARM_UP_MILLIS, seconds * 1_000 / 2);
    }

    ChildJvm child(String role, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(role));
        all.addAll(List.of(arguments));
        return ChildJvm.start(workplace, ChildMain.class.getName(), all, progress);
    }

    /** Starts a server; does not wait for it. */
    ServerJvm server(Path data, String... config) throws IOException {
        return ServerJvm.start(workplace, new ServerJvm.Start(serverMain, data, List.of(config)));
    }
}
