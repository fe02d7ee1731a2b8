package io.holdfast.examples.demo;

import io.holdfast.components.MissingProgramException;
import io.holdfast.examples.coupon.CouponService;
import io.holdfast.examples.judge.Evidence;
import io.holdfast.examples.market.Market;
import io.holdfast.examples.order.OrderService;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.pay.PayService;
import io.holdfast.examples.process.ChildProcess;
import io.holdfast.examples.process.JavaProcess;
import io.holdfast.examples.process.MissingMeansException;
import io.holdfast.examples.process.PythonProgram;
import io.holdfast.examples.process.WorkDirectory;
import io.holdfast.examples.stock.StockService;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All processes of a run, up and ready.
 *
 * @param services    where the participants listen
 * @param gateway     where the clients send their orders
 * @param coordinator the Holdfast server
 * @param workers     what makes its calls, if others do
 * @param evidence    what the judge will look at
 */
record Stage(Map<MallService, URI> services, Gateway gateway, Coordinator coordinator, Workers workers,
        Evidence evidence) {
    private static final Duration START_WAIT = Duration.ofSeconds(60);
    /** The services are no part of what is measured: small, and quick to start. */
    private static final List<String> SERVICE_JVM_FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx192m",
            // A process without memory is half alive: its socket listens and nobody answers.
            "-XX:+ExitOnOutOfMemoryError",
            "-Dlogback.configurationFile=io/holdfast/examples/logback-service.xml");
    /** It holds a connection of each client that waits: at 300 orders a second and no coordinator these are thousands. */
    private static final List<String> GATEWAY_JVM_FLAGS = Stream
            .concat(SERVICE_JVM_FLAGS.stream(), Stream.of("-Xmx512m"))
            .toList();

    /**
     * Starts everything but does not wait for the coordinator. Whatever is started belongs to the directory and ends with
     * it, also if this fails half-way.
     */
    static Stage start(DemoSettings settings, WorkDirectory directory, String coordinatorMainClass)
            throws IOException, SQLException, MissingMeansException, InterruptedException {
        Coordinator coordinator = Coordinator.start(directory, coordinatorMainClass, settings.nodes(),
                settings.workers() > 0);
        Workers workers = Workers.start(directory, coordinatorMainClass, settings.workers(), coordinator.urls());
        Backends backends = Backends.create(settings.components(), new Market(settings.seed(), settings.orders()),
                directory);
        Map<MallService, URI> services = startServices(settings, backends, directory);
        Gateway gateway = Gateway.start(directory, GATEWAY_JVM_FLAGS,
                gatewayArguments(settings, coordinator.urls(), services));
        return new Stage(services, gateway, coordinator, workers, new Evidence(backends.url(MallService.ORDER),
                backends.url(MallService.PAY), backends.url(MallService.STOCK), backends.url(MallService.COUPON),
                backends.redisPort(), directory.resolve("journal.jsonl")));
    }

    /** Starts them side by side, and waits for all. */
    private static Map<MallService, URI> startServices(DemoSettings settings, Backends backends,
            WorkDirectory directory) throws IOException, MissingMeansException, InterruptedException {
        Map<MallService, ChildProcess> processes = new EnumMap<>(MallService.class);
        for (MallService service : MallService.values()) {
            boolean isInPython = settings.components() == Components.REAL && service == MallService.COUPON;
            processes.put(service, isInPython
                    ? startInPython(settings, backends.url(service), directory)
                    : startInJava(settings, service, backends, directory));
        }
        Map<MallService, URI> urls = new EnumMap<>(MallService.class);
        for (Map.Entry<MallService, ChildProcess> process : processes.entrySet()) {
            urls.put(process.getKey(),
                    URI.create("http://127.0.0.1:" + process.getValue().awaitListening(START_WAIT)));
        }
        return urls;
    }

    private static ChildProcess startInJava(DemoSettings settings, MallService service, Backends backends,
            WorkDirectory directory) throws IOException {
        List<String> arguments = new ArrayList<>(runArguments(settings));
        arguments.addAll(List.of("--jdbc-url", backends.url(service)));
        if (service == MallService.STOCK && backends.redisPort() != null) {
            arguments.addAll(List.of("--redis-port", backends.redisPort().toString()));
        }
        if (service == MallService.ORDER) {
            arguments.addAll(List.of("--clear-up", directory.directory().toString()));
        }
        return new JavaProcess(service.wireName() + "-service", SERVICE_JVM_FLAGS, mainClass(service).getName(),
                arguments).start(directory);
    }

    private static ChildProcess startInPython(DemoSettings settings, String jdbcUrl, WorkDirectory directory)
            throws IOException, MissingMeansException, InterruptedException {
        List<String> arguments = new ArrayList<>(runArguments(settings));
        arguments.addAll(List.of("--jdbc-url", jdbcUrl));
        try {
            return PythonProgram.start("coupon-service", CouponService.class, List.of("coupon_service.py", "faults.py"),
                    "psycopg2", arguments, directory);
        } catch (MissingProgramException e) {
            throw new MissingMeansException(e);
        }
    }

    private static Class<?> mainClass(MallService service) {
        return switch (service) {
            case ORDER -> OrderService.class;
            case STOCK -> StockService.class;
            case PAY -> PayService.class;
            case COUPON -> CouponService.class;
        };
    }

    private static List<String> gatewayArguments(DemoSettings settings, List<URI> coordinator,
            Map<MallService, URI> services) {
        List<String> arguments = new ArrayList<>(runArguments(settings));
        arguments.addAll(List.of("--coordinator",
                coordinator.stream().map(URI::toString).collect(Collectors.joining(","))));
        services.forEach((service, url) -> arguments.addAll(List.of("--service", service.name() + "=" + url)));
        return arguments;
    }

    private static List<String> runArguments(DemoSettings settings) {
        return List.of("--faults", settings.faults() ? "on" : "off", "--seed", Long.toString(settings.seed()),
                "--planned-orders", Integer.toString(settings.orders()), "--plant", settings.plant().name(), "--parent",
                Long.toString(ProcessHandle.current().pid()));
    }
}
