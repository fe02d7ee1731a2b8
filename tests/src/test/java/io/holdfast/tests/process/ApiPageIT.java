package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.components.FreePort;
import io.holdfast.testkit.component.Components;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/api.md as they stand there. A new block gets a name and a test here. */
class ApiPageIT {

    private static final Path PAGE = Path.of(System.getProperty("holdfast.root", ".."), "docs", "api.md");
    private static final Pattern BLOCK = Pattern.compile("(?:<!-- api: (\\S+) -->\n)?```sh\n(.*?)```", Pattern.DOTALL);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path place;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    @SuppressWarnings("NullAway.Init") // set before each test
    private Participant shop;
    @SuppressWarnings("NullAway.Init")
    private ServerProcess server;

    @BeforeEach
    void start() throws Exception {
        Components.require("install curl", "curl");
        shop = new Participant(0, call -> {
            asked.add(call.path() + " " + call.op());
            return 200;
        });
        server = ServerProcess.start(place.resolve("data"), FreePort.choose());
        server.awaitListening();
    }

    @AfterEach
    void stop() {
        server.close();
        shop.close();
    }

    @Test
    void theFirstTransactionIsConfirmed() throws Exception {
        String said = run("first-transaction");
        assertThat(said).contains("\"changed\":true").contains("\"stateText\":\"confirmed: everything took effect\"")
                .contains("\"businessKey\":\"order-").doesNotContain("\"code\"");
        assertThat(asked).startsWith("/stock/try try", "/money/try try").contains("/stock/confirm confirm",
                "/money/confirm confirm");
    }

    @Test
    void theFirstSagaRunsItsActionsInOrder() throws Exception {
        assertThat(run("first-saga")).contains("\"state\":\"CONFIRMED\"").doesNotContain("\"code\"");
        assertThat(asked).containsExactly("/flight/book action", "/hotel/book action");
    }

    @Test
    void anOperatorAsksBeforeActing() throws Exception {
        assertThat(run("operator")).contains("\"dryRun\":true", "\"dryRun\":false").doesNotContain("\"code\"");
    }

    @Test
    void everyBlockIsTestedHere() throws Exception {
        assertThat(blocks().keySet()).containsExactly("first-transaction", "first-saga", "operator");
    }

    private static Map<String, String> blocks() throws Exception {
        Map<String, String> blocks = new LinkedHashMap<>();
        BLOCK.matcher(Files.readString(PAGE)).results()
                .forEach(block -> blocks.put(String.valueOf(block.group(1)), block.group(2)));
        return blocks;
    }

    private String run(String name) throws Exception {
        Path out = place.resolve(name + ".out");
        ProcessBuilder builder = new ProcessBuilder("sh", "-ec", blocks().get(name)).directory(place.toFile())
                .redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("COORDINATOR", server.url());
        builder.environment().put("SHOP", shop.url());
        Process process = builder.start();
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("%s ended", name).isTrue();
        assertThat(process.exitValue()).as("%s said %s", name, Files.readString(out)).isZero();
        return Files.readString(out);
    }
}
