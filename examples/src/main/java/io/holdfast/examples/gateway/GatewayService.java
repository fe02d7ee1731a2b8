package io.holdfast.examples.gateway;

import com.linecorp.armeria.server.Server;
import io.holdfast.examples.dtm.DtmClient;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.market.Catalogue;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.process.ParentWatch;
import io.holdfast.examples.rest.CoordinatorNodes;
import io.holdfast.examples.rest.RestClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The gateway as a process of its own. Prints {@code listening PORT} when it is ready. */
@Command(name = "gateway", description = "The gateway of the demo.")
public final class GatewayService implements Callable<Integer> {
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(3);
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(1);

    @Option(names = "--port", defaultValue = "0", description = "0 takes any free one.")
    private int port;

    @Option(names = "--coordinator", required = true, split = ",", description = "Where the coordinator listens: all its nodes.")
    private List<URI> coordinator = List.of();

    @Option(names = "--service", required = true, paramLabel = "NAME=URL", description = "Where a participant listens.")
    private Map<MallService, URI> services = new TreeMap<>();

    @Option(names = "--faults", defaultValue = "off", description = "on or off.")
    private String faults = "off";

    @Option(names = "--seed", defaultValue = "0", description = "Seed of prices and faults.")
    private long seed;

    @Option(names = "--planned-orders", defaultValue = "1", description = "How many orders the run will place.")
    private int plannedOrders = 1;

    @Option(names = "--plant", defaultValue = "NONE", description = "A mistake to build in on purpose.")
    private PlantedBug plant = PlantedBug.NONE;

    @Option(names = "--parent", description = "Process id; the gateway ends when that process has ended.")
    private @Nullable Long parentPid;

    public static void main(String[] args) {
        System.exit(new CommandLine(new GatewayService()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
    }

    @Override
    public Integer call() {
        if (parentPid != null) {
            ParentWatch.start(parentPid, null);
        }
        FaultCounts counts = new FaultCounts();
        Catalogue catalogue = new Catalogue(seed, plannedOrders);
        try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_WAIT).build()) {
            Server server = new GatewayServer(desk(http, catalogue, counts), catalogue, counts).start(port);
            System.out.println("listening " + server.activeLocalPort());
            server.whenClosed().join();
        }
        return CommandLine.ExitCode.OK;
    }

    private OrderDesk desk(HttpClient http, Catalogue catalogue, FaultCounts counts) {
        CoordinatorNodes nodes = new CoordinatorNodes(coordinator);
        PatientCoordinator patient = new PatientCoordinator(new RestClient(http, nodes, ANSWER_WAIT),
                new DtmClient(http, nodes, ANSWER_WAIT),
                faults.equals("on") ? new FaultPlan(seed, plannedOrders) : null, counts);
        Services participants = new Services(services);
        return new OrderDesk(catalogue, patient, new TccFlow(patient, new TryCaller(http), participants, plant),
                new SagaFlow(patient, participants), plant, Executors.newVirtualThreadPerTaskExecutor());
    }
}
