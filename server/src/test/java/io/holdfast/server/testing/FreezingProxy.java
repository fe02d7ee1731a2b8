package io.holdfast.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Between two that talk over TCP. What it has connected before it is frozen goes through no more, and nobody is told. */
public final class FreezingProxy implements AutoCloseable {

    private final ServerSocket listening;
    private final int to;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger freezes = new AtomicInteger();

    /** @param to a port of loopback */
    public FreezingProxy(int to) {
        this.to = to;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** From now on both sides of every connection hear nothing; connections stay open, and new ones work. */
    public void freeze() {
        freezes.incrementAndGet();
    }

    private void accept() {
        while (true) {
            try {
                Socket from = listening.accept();
                Socket onward = new Socket(InetAddress.getLoopbackAddress(), to);
                int epoch = freezes.get();
                sockets.add(from);
                sockets.add(onward);
                Thread.ofVirtual().start(() -> pump(from, onward, epoch));
                Thread.ofVirtual().start(() -> pump(onward, from, epoch));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void pump(Socket from, Socket onward, int epoch) {
        try (from; onward; InputStream in = from.getInputStream(); OutputStream out = onward.getOutputStream()) {
            byte[] some = new byte[16 << 10];
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                if (freezes.get() != epoch) {
                    closed.await();
                    return;
                }
                out.write(some, 0, read);
            }
        } catch (IOException e) {
            // One side has closed; so does the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
