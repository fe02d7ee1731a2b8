package io.holdfast.server.workers.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.server.testing.TestServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LocalWorkersTest {

    /** Stands in for a worker: what it is told decides when it ends. */
    static final class Child {
        private Child() {
        }

        public static void main(String[] arguments) throws InterruptedException {
            if (List.of(arguments).contains("--dies")) {
                System.exit(3);
            }
            Thread.currentThread().join();
        }
    }

    private final Set<Long> before = ProcessHandle.current().children().map(ProcessHandle::pid)
            .collect(Collectors.toSet());

    /** Those that this test has started. */
    private long children() {
        return ProcessHandle.current().children().filter(child -> !before.contains(child.pid())).count();
    }

    @Test
    void thereAreAsManyAsAreWantedAndNoneAfterTheEnd() {
        LocalWorkers workers = new LocalWorkers(Child.class, List.of(), Map.of());
        try (workers) {
            workers.provide(2);
            TestServer.eventually(() -> children() == 2);
            workers.provide(1);
            TestServer.eventually(() -> children() == 1);
        }
        TestServer.eventually(() -> children() == 0);
    }

    @Test
    void oneThatDiesAtOnceIsNotStartedAgainAndAgain() {
        try (LocalWorkers workers = new LocalWorkers(Child.class, List.of("--dies"), Map.of())) {
            workers.provide(1);
            TestServer.eventually(() -> children() == 0);
            workers.provide(1);
            assertThat(children()).as("it waits before the next start").isZero();
            TestServer.eventually(() -> {
                workers.provide(1);
                return children() == 1;
            });
        }
    }
}
