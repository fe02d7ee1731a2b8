package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.components.FreePort;
import io.holdfast.components.Python;
import io.holdfast.server.rest.RestEndpoints;
import io.holdfast.testkit.component.Components;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client in Python, generated from the OpenAPI document by the usual generator, runs a TCC to either end. */
class PythonClientIT {

    private static final Path GENERATOR = Path.of(System.getProperty("holdfast.root", ".."), "tests", "target",
            "openapi-generator-cli.jar");
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String AENUM = "from aenum import Enum, no_arg";
    /** What the generated code imports. */
    private static final String[] MODULES = {"pydantic", "urllib3", "dateutil", "typing_extensions"};

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
        shop = new Participant(0, call -> {
            asked.add(call.path());
            return 200;
        });
        server = ServerProcess.start(place.resolve("data"), FreePort.choose());
    }

    @AfterEach
    void stop() {
        server.close();
        shop.close();
    }

    @Test
    void aGeneratedClientConfirmsAndCancels() throws Exception {
        Python python = Components.python(MODULES);
        boolean oldPydantic = String.valueOf(python.print("import pydantic; print(pydantic.VERSION)")).startsWith("1.");
        copy(RestEndpoints.class, "openapi.json");
        copy(PythonClientIT.class, "buyer.py");
        Path client = place.resolve("client");
        generate(oldPydantic ? "python-pydantic-v1" : "python", client);
        if (oldPydantic) {
            doWithoutAenum(client.resolve("holdfast_client/models"));
        }
        server.awaitListening();

        ProcessBuilder buyer = python.process(place.resolve("buyer.py").toString(), server.url(), shop.url());
        Python.addPath(buyer.environment(), client);
        String said = run(buyer, "buyer");

        assertThat(said).contains("bought ", "gave up ");
        assertThat(asked).containsExactly("/try", "/confirm", "/try", "/cancel");
    }

    /** While the server starts; without documents and tests, which nobody reads here. */
    private void generate(String generator, Path to) throws Exception {
        run(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", GENERATOR.toString(), "generate", "-g",
                generator,
                "-i", place.resolve("openapi.json").toString(), "-o", to.toString(), "--global-property",
                "apiDocs=false,modelDocs=false,apiTests=false,modelTests=false", "--additional-properties",
                "packageName=holdfast_client"), "generator");
    }

    /** The library aenum, which Debian does not have, differs from Python's own enum in that a class may name itself inside. */
    private static void doWithoutAenum(Path models) throws Exception {
        try (Stream<Path> files = Files.list(models)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".py")).toList()) {
                String code = Files.readString(file);
                if (code.contains(AENUM)) {
                    Files.writeString(file, "from __future__ import annotations\n"
                            + code.replace(AENUM, "from enum import Enum"));
                }
            }
        }
    }

    private void copy(Class<?> from, String name) throws Exception {
        try (InputStream in = Objects.requireNonNull(from.getResourceAsStream(name))) {
            Files.copy(in, place.resolve(name));
        }
    }

    private String run(ProcessBuilder builder, String name) throws Exception {
        Path out = place.resolve(name + ".out");
        Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("%s ended", name).isTrue();
        assertThat(process.exitValue()).as("%s said %s", name, Files.readString(out)).isZero();
        return Files.readString(out);
    }
}
