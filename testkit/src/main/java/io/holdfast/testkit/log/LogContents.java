package io.holdfast.testkit.log;

import io.holdfast.engine.Log.EntryVisitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Collects what a recovery visits, in order. */
public final class LogContents implements EntryVisitor {

    private final List<Long> sequences = new ArrayList<>();
    private final List<byte[]> payloads = new ArrayList<>();

    @Override
    public void entry(long sequence, ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        sequences.add(sequence);
        payloads.add(bytes);
    }

    public List<Long> sequences() {
        return sequences;
    }

    public List<byte[]> payloads() {
        return payloads;
    }

    /** Random bytes. */
    public static byte[] randomPayload(RandomGenerator random, int bytes) {
        byte[] payload = new byte[bytes];
        random.nextBytes(payload);
        return payload;
    }
}
