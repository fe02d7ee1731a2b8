package io.holdfast.raft;

import io.holdfast.engine.Bell;
import io.holdfast.engine.ReplicatedLog.Event;
import io.holdfast.engine.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A node in a process of its own, which proposes while it leads, as often as it may. Says what it is told: {@code told SEQUENCE CHECKSUM}, or
 * {@code acknowledged} if it has proposed that itself. For each line that it hears it finds out whether it leads, and says
 * {@code read SEQUENCE}.
 */
final class RaftNodeMain {

    private static final int MAX_PAYLOAD_BYTES = 200_000;
    private static final int ELECTION_MILLIS = 500;

    private final Bell bell = new Bell();
    private final RaftLog log;
    private final SplittableRandom random;
    private long told;
    private boolean leads;
    private byte[] proposed = new byte[0];
    private boolean waits;

    private int left;

    private RaftNodeMain(RaftSettings settings, long seed, int proposals) {
        left = proposals;
        log = new RaftLog(settings, (leader, firstIndex) -> {
            throw new IllegalStateException("nothing is ever released");
        });
        random = new SplittableRandom(seed);
    }

    /** Directory, number of the node, ports of all, seed, and how often it may propose. */
    public static void main(String[] arguments) throws Exception {
        List<RaftSettings.Peer> peers = new ArrayList<>();
        for (String port : arguments[2].split(",")) {
            peers.add(new RaftSettings.Peer("n" + peers.size(), "127.0.0.1", Integer.parseInt(port)));
        }
        RaftSettings settings = new RaftSettings("n" + arguments[1], peers, Path.of(arguments[0]), new UUID(1, 2),
                ELECTION_MILLIS, 2 * ELECTION_MILLIS, 1 << 20, 1L << 30, 1 << 20);
        new RaftNodeMain(settings, Long.parseLong(arguments[3]), Integer.parseInt(arguments[4])).run();
    }

    private void run() throws StorageException {
        told = log.recover(0, (sequence, payload) -> {
        });
        log.wake(bell);
        Thread.ofPlatform().daemon().start(this::answer);
        while (true) {
            Event event = log.take();
            if (event != null) {
                hear(event);
            } else {
                if (leads && !waits && left > 0) {
                    propose();
                }
                bell.sleep(() -> log.hasNext() ? 0 : 1_000_000_000);
            }
        }
    }

    private void hear(Event event) {
        switch (event) {
            case Event.Committed committed -> {
                told = committed.sequence();
                waits &= !committed.own();
                ByteBuffer payload = committed.own() ? ByteBuffer.wrap(proposed) : committed.payload();
                System.out.println((committed.own() ? "acknowledged " : "told ") + told + " " + checksum(payload));
            }
            case Event.Leads _ -> leads = true;
            case Event.Follows _ -> {
                leads = false;
                waits = false;
            }
        }
    }

    private void propose() throws StorageException {
        proposed = new byte[random.nextInt(MAX_PAYLOAD_BYTES)];
        random.nextBytes(proposed);
        waits = true;
        left--;
        log.propose(told + 1, ByteBuffer.wrap(proposed));
    }

    private void answer() {
        try (BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            while (asked.readLine() != null) {
                log.confirmRead(through -> System.out.println("read " + through));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String checksum(ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload.duplicate());
        return Long.toHexString(crc.getValue());
    }

    /** The command that starts one. */
    static ProcessBuilder process(Path directory, int node, List<Integer> ports, long seed, int proposals) {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx256m", "-cp",
                System.getProperty("java.class.path"), RaftNodeMain.class.getName(), directory.toString(),
                Integer.toString(node), String.join(",", ports.stream().map(String::valueOf).toList()),
                Long.toString(seed), Integer.toString(proposals)).redirectError(ProcessBuilder.Redirect.INHERIT);
    }
}
