package io.holdfast.examples.demo;

import io.holdfast.examples.judge.Evidence;
import io.holdfast.examples.load.Market;
import io.holdfast.examples.load.Services;
import io.holdfast.examples.order.OrderService;
import io.holdfast.examples.order.OrderTables;
import io.holdfast.examples.pay.PayService;
import io.holdfast.examples.pay.PayTables;
import io.holdfast.examples.process.EmbeddedDatabase;
import io.holdfast.examples.process.JavaProcess;
import io.holdfast.examples.process.MissingMeansException;
import io.holdfast.examples.process.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * All processes of a run, up and ready.
 *
 * @param services    where the order and the pay service listen
 * @param coordinator the Holdfast server
 * @param evidence    what the judge will look at
 */
record Stage(Services services, Coordinator coordinator, Evidence evidence) {
    private static final Duration START_WAIT = Duration.ofSeconds(60);
    /** The services are no part of what is measured: small, and quick to start. */
    private static final List<String> SERVICE_JVM_FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx192m",
            "-Dlogback.configurationFile=io/holdfast/examples/logback-service.xml");

    /**
     * Starts everything but does not wait for the coordinator. Whatever is started belongs to the directory and ends with
     * it, also if this fails half-way.
     */
    static Stage start(DemoSettings settings, WorkDirectory directory, String coordinatorMainClass)
            throws IOException, SQLException, MissingMeansException {
        Coordinator coordinator = Coordinator.start(directory, coordinatorMainClass);
        EmbeddedDatabase database = EmbeddedDatabase.start(directory);
        String orderUrl = createOrderDatabase(database);
        String payUrl = createPayDatabase(database, new Market(settings.seed()));
        List<String> orderArguments = new ArrayList<>(serviceArguments(settings, orderUrl));
        orderArguments.addAll(List.of("--clear-up", directory.path().toString()));
        List<String> payArguments = new ArrayList<>(serviceArguments(settings, payUrl));
        payArguments.addAll(List.of("--plant", settings.plant().name()));
        JavaProcess order = startService("order-service", OrderService.class, orderArguments, directory);
        JavaProcess pay = startService("pay-service", PayService.class, payArguments, directory);
        Services services = new Services(url(order.awaitListening(START_WAIT)), url(pay.awaitListening(START_WAIT)));
        return new Stage(services, coordinator, new Evidence(orderUrl, payUrl, directory.resolve("journal.jsonl")));
    }

    private static String createOrderDatabase(EmbeddedDatabase database) throws SQLException {
        database.createDatabase("demo_order");
        String url = database.url("demo_order");
        try (Connection connection = DriverManager.getConnection(url)) {
            OrderTables.create(connection);
        }
        return url;
    }

    private static String createPayDatabase(EmbeddedDatabase database, Market market) throws SQLException {
        database.createDatabase("demo_pay");
        String url = database.url("demo_pay");
        try (Connection connection = DriverManager.getConnection(url)) {
            PayTables.create(connection);
            market.openAccounts(connection);
        }
        return url;
    }

    private static List<String> serviceArguments(DemoSettings settings, String jdbcUrl) {
        return List.of("--jdbc-url", jdbcUrl, "--faults", settings.faults() ? "on" : "off", "--seed",
                Long.toString(settings.seed()), "--planned-orders", Integer.toString(settings.orders()), "--parent",
                Long.toString(ProcessHandle.current().pid()));
    }

    private static JavaProcess startService(String name, Class<?> mainClass, List<String> arguments,
            WorkDirectory directory) throws IOException {
        return JavaProcess.start(new JavaProcess.Start(name, SERVICE_JVM_FLAGS, mainClass.getName(), arguments),
                directory);
    }

    private static URI url(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }
}
