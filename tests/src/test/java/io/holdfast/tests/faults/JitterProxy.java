package io.holdfast.tests.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A relay for TCP that holds back each piece of what it is given, both ways, for a time of its own, and keeps their order: what
 * jitter is to a stream. For kernels that cannot delay packets. Thread-safe.
 */
final class JitterProxy implements AutoCloseable {

    private static final int PIECES_UNDER_WAY = 1_024;
    private static final int PIECE_BYTES = 16 << 10;

    private record Piece(byte[] bytes, long dueNanos) {}

    private final ServerSocket listening;
    private final InetSocketAddress target;
    private final long mostNanos;
    private final SplittableRandom random;
    private final AtomicLong pieces = new AtomicLong();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Begins to listen at any free port of an address.
     *
     * @param mostMillis each piece is held back between nothing and so long
     */
    JitterProxy(String address, InetSocketAddress target, long mostMillis, long seed) throws IOException {
        this.target = target;
        this.mostNanos = TimeUnit.MILLISECONDS.toNanos(mostMillis);
        this.random = new SplittableRandom(seed);
        this.listening = new ServerSocket(0, 0, InetAddress.getByName(address));
        threads.execute(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** How many it has passed on. */
    long pieces() {
        return pieces.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                threads.execute(() -> relay(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void relay(Socket client) {
        try (client; Socket server = new Socket()) {
            server.connect(target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            var back = threads.submit(() -> oneWay(server, client));
            oneWay(client, server);
            back.get();
        } catch (Exception e) {
            // One of them is gone, and so is the other now.
        }
    }

    /** Until one of them is gone; then both are closed. */
    private void oneWay(Socket from, Socket to) {
        BlockingQueue<Piece> underWay = new ArrayBlockingQueue<>(PIECES_UNDER_WAY);
        threads.execute(() -> {
            try (from; to; OutputStream out = to.getOutputStream()) {
                while (true) {
                    Piece piece = underWay.take();
                    for (long left = piece.dueNanos - System.nanoTime(); left > 0; left = piece.dueNanos
                            - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    if (piece.bytes.length == 0) {
                        return;
                    }
                    out.write(piece.bytes);
                    pieces.incrementAndGet();
                }
            } catch (IOException e) {
                // Gone.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (from; InputStream in = from.getInputStream()) {
            byte[] buffer = new byte[PIECE_BYTES];
            long dueNanos = System.nanoTime();
            int length = 0;
            while (length >= 0) {
                length = in.read(buffer);
                long due = System.nanoTime() + delayNanos();
                dueNanos = Math.max(dueNanos, due);
                // An empty one stands for the end.
                underWay.put(new Piece(Arrays.copyOf(buffer, Math.max(0, length)), dueNanos));
            }
        } catch (IOException e) {
            // Gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized long delayNanos() {
        return random.nextLong(mostNanos + 1);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }
}
