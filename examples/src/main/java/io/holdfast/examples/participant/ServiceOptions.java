package io.holdfast.examples.participant;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.process.ParentWatch;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every service of the demo is told on its command line, and how it runs on it. */
public final class ServiceOptions {
    private static final int CONNECTIONS = 12;
    /** On two busy cores a start-up storm can last a while; a lost connection is no business of this demo. */
    private static final long CONNECT_MILLIS = 20_000;

    @Option(names = "--jdbc-url", required = true, description = "The service's own database.")
    private String jdbcUrl = "";

    @Option(names = "--faults", defaultValue = "off", description = "on or off.")
    private String faults = "off";

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the faults.")
    private long seed;

    @Option(names = "--planned-orders", defaultValue = "1", description = "How many orders the run will place.")
    private int plannedOrders = 1;

    @Option(names = "--plant", defaultValue = "NONE", description = "A mistake to build in on purpose.")
    private PlantedBug plant = PlantedBug.NONE;

    @Option(names = "--parent", description = "Process id; the service ends when that process has ended.")
    private @Nullable Long parentPid;

    @Option(names = "--clear-up", description = "Directory of the run, deleted when the parent ends unexpectedly.")
    private @Nullable Path clearUp;

    /** The mistake that was asked for; most services have nothing to do with it. */
    public PlantedBug plant() {
        return plant;
    }

    /** The service's own database. */
    public String jdbcUrl() {
        return jdbcUrl;
    }

    /** Runs the service on its own database until the process is ended. */
    public void serve(List<Route> routes) throws SQLException {
        serve(routes, database -> database);
    }

    /**
     * Runs the service until the process is ended.
     *
     * @param store where its calls take effect, given the store that is its own database
     */
    public void serve(List<Route> routes, UnaryOperator<FencedStore> store) throws SQLException {
        if (parentPid != null) {
            ParentWatch.start(parentPid, clearUp);
        }
        FaultPlan plan = faults.equals("on") ? new FaultPlan(seed, plannedOrders) : null;
        try (HikariDataSource pool = openPool();
                ParticipantServer server = ParticipantServer.start(
                        store.apply(BranchFence.in(pool, Databases.dialectOf(jdbcUrl))), routes, plan)) {
            System.out.println("listening " + server.port());
            server.awaitClosed();
        }
    }

    private HikariDataSource openPool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setMaximumPoolSize(CONNECTIONS);
        // What PostgreSQL does anyway; MariaDB would lock gaps between orders that have nothing to do with each other.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionTimeout(CONNECT_MILLIS);
        return new HikariDataSource(config);
    }
}
