package io.holdfast.tests.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testkit.component.Components;
import io.holdfast.tests.faults.Commands.Outcome;
import io.holdfast.tests.process.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network for nodes and clients. Each node has a network namespace of its own, joined to the others by a bridge; clients and
 * participants are beside the bridge, in the test. Packets are dropped by nftables where they arrive, without a word to who sent
 * them, so that both ends keep their connections and hear nothing.
 * <p>
 * Names carry the pid of the test, and whoever opens a network clears away those of tests that are gone, with the processes in
 * them. Not thread-safe.
 */
final class FaultNetwork implements AutoCloseable {

    /** Instead of a node's number: the clients and participants. */
    static final int CLIENTS = -1;

    private static final String PREFIX = "hft";
    private static final Pattern OURS = Pattern.compile("\\b" + PREFIX + "(\\d+)[bnv]\\d*\\b");
    /** Of the block that is set aside for tests of networks (RFC 2544). */
    private static final String BLOCK = "198.18.";
    private static final int SUBNETS = 250;
    private static final int CLIENTS_HOST = 254;

    private final String base = PREFIX + ProcessHandle.current().pid();
    private final String subnet;
    private final int size;

    private FaultNetwork(String subnet, int size) {
        this.subnet = subnet;
        this.size = size;
    }

    /** Makes one for so many nodes. Skips the test, and says why, where that is not possible or not allowed. */
    static FaultNetwork open(int size) throws IOException, InterruptedException {
        Components.require("install iproute2, nftables and util-linux", "ip", "nft", "nsenter");
        sweep();
        String probe = PREFIX + ProcessHandle.current().pid() + "n" + 0;
        Outcome outcome = Commands.attempt(List.of("ip", "netns", "add", probe));
        assumeTrue(outcome.exitCode() == 0, "network namespaces need root (ip said: " + outcome.said() + ")");
        Commands.run("ip", "netns", "delete", probe);
        FaultNetwork network = new FaultNetwork(freeSubnet(), size);
        try {
            network.make();
        } catch (IOException | InterruptedException | Error e) {
            network.close();
            throw e;
        }
        return network;
    }

    private static String freeSubnet() throws IOException, InterruptedException {
        String taken = Commands.run("ip", "-o", "-4", "address");
        int first = (int) (ProcessHandle.current().pid() % SUBNETS);
        for (int i = 0; i < SUBNETS; i++) {
            String subnet = BLOCK + (first + i) % SUBNETS + ".";
            if (!taken.contains(" " + subnet)) {
                return subnet;
            }
        }
        throw new AssertionError("no free network in " + BLOCK + "0.0/16: " + taken);
    }

    private void make() throws IOException, InterruptedException {
        Commands.run("ip", "link", "add", bridge(), "type", "bridge");
        Commands.run("ip", "address", "add", address(CLIENTS) + "/24", "dev", bridge());
        Commands.run("ip", "link", "set", bridge(), "up");
        for (int node = 0; node < size; node++) {
            String outside = outside(node);
            Commands.run("ip", "netns", "add", namespace(node));
            Commands.run("ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns",
                    namespace(node));
            Commands.run("ip", "link", "set", outside, "master", bridge(), "up");
            within(node, "ip", "link", "set", "lo", "up");
            within(node, "ip", "address", "add", address(node) + "/24", "dev", "eth0");
            within(node, "ip", "link", "set", "eth0", "up");
            within(node, "nft", "add table inet faults; "
                    + "add chain inet faults arriving { type filter hook input priority 0; }; "
                    + "add chain inet faults leaving { type filter hook output priority 0; }; "
                    + "add table ip detours; "
                    + "add chain ip detours leaving { type nat hook output priority -100; }");
        }
    }

    private String bridge() {
        return base + "b";
    }

    private String namespace(int node) {
        return base + "n" + node;
    }

    /** The end of a node's link that is at the bridge. */
    private String outside(int node) {
        return base + "v" + node;
    }

    /** Of a node, or of {@link #CLIENTS}. */
    String address(int node) {
        return subnet + (node == CLIENTS ? CLIENTS_HOST : node + 1);
    }

    /** All addresses, in the notation of an allow-list. */
    String range() {
        return subnet + "0/24";
    }

    /** Where a server is node {@code node}. */
    Place place(int node, Map<String, String> environment) {
        return new Place(address(node), List.of("nsenter", "--net=/run/netns/" + namespace(node)), environment);
    }

    private void within(int node, String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace(node)));
        whole.addAll(List.of(command));
        Commands.run(whole.toArray(String[]::new));
    }

    /** From now on nothing that one sends reaches the other; the other way is left as it is. */
    void cut(int from, int to) throws IOException, InterruptedException {
        if (to == CLIENTS) {
            within(from, "nft", "add rule inet faults leaving ip daddr " + address(CLIENTS) + " drop");
        } else {
            within(to, "nft", "add rule inet faults arriving ip saddr " + address(from) + " drop");
        }
    }

    /** From now on so many of a hundred packets that arrive at a node are lost, whoever sent them. */
    void lose(int node, int percent) throws IOException, InterruptedException {
        within(node, "nft", "add rule inet faults arriving iif eth0 numgen random mod 100 < " + percent + " drop");
    }

    /** Every packet arrives again. */
    void heal() throws IOException, InterruptedException {
        for (int node = 0; node < size; node++) {
            within(node, "nft", "flush chain inet faults arriving; flush chain inet faults leaving");
        }
    }

    /** Lets new connections of a node to a port of another one go to a port of the clients' machine, for as long as the network is there. */
    void detour(int from, int to, int port, int clientsPort) throws IOException, InterruptedException {
        within(from, "nft", "add rule ip detours leaving ip daddr " + address(to) + " tcp dport " + port + " dnat to "
                + address(CLIENTS) + ":" + clientsPort);
    }

    /** Ends what runs in networks of tests that are gone, and removes these. */
    private static void sweep() throws IOException, InterruptedException {
        Matcher found = OURS.matcher(Commands.run("ip", "netns", "list") + "\n" + Commands.run("ip", "-o", "link"));
        List<String> names = new ArrayList<>();
        while (found.find()) {
            if (ProcessHandle.of(Long.parseLong(found.group(1))).isEmpty() && !names.contains(found.group())) {
                names.add(found.group());
            }
        }
        for (String name : names) {
            remove(name);
        }
    }

    /** A namespace with what runs in it, a link or a bridge, if it is there. */
    private static void remove(String name) throws IOException, InterruptedException {
        Outcome pids = Commands.attempt(List.of("ip", "netns", "pids", name));
        if (pids.exitCode() == 0) {
            pids.said().lines().map(Long::parseLong).forEach(pid -> ProcessHandle.of(pid)
                    .ifPresent(ProcessHandle::destroyForcibly));
            Commands.attempt(List.of("ip", "netns", "delete", name));
        }
        Commands.attempt(List.of("ip", "link", "delete", name));
    }

    @Override
    public void close() throws IOException {
        try {
            for (int node = 0; node < size; node++) {
                remove(namespace(node));
                // Not left to the namespace, which is there for as long as a process in it is dying.
                remove(outside(node));
            }
            remove(bridge());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
