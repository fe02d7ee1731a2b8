package io.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Unfinished;
import io.holdfast.wire.store.v1.CutHeader;
import io.holdfast.wire.store.v1.FinishedChunk;
import io.holdfast.wire.store.v1.UnfinishedTransaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the encoder writes by hand is what protobuf would write, and comes back as it was. */
class StoredCodecTest {

    private static final int RUNS = 500;

    private final StoredEncoder encoder = new StoredEncoder();
    private final StoredDecoder decoder = new StoredDecoder();

    @Test
    void unfinishedComeBackAsTheyWere() throws InvalidProtocolBufferException {
        for (long seed = 1; seed <= RUNS; seed++) {
            Unfinished unfinished = new RandomTransactions(new Random(seed)).unfinished();
            encoder.reset(3);
            encoder.unfinished(unfinished);
            assertThat(decoder.unfinished(encoder.bytes(), 3, encoder.size() - 3)).as("seed=%s", seed)
                    .isEqualTo(unfinished);
            assertSameBytes(UnfinishedTransaction.parseFrom(message(3)), message(3));
        }
    }

    @Test
    void chunksComeBackAsTheyWere() throws InvalidProtocolBufferException {
        for (long seed = 1; seed <= RUNS / 4; seed++) {
            RandomTransactions random = new RandomTransactions(new Random(seed));
            List<Finished> chunk = new ArrayList<>();
            encoder.reset(0);
            for (int i = 0; i < seed % 7; i++) {
                chunk.add(random.finished());
                encoder.finished(chunk.getLast());
            }
            assertThat(decoder.chunk(encoder.bytes(), 0, encoder.size())).as("seed=%s", seed).isEqualTo(chunk);
            for (int i = 0; i < chunk.size(); i++) {
                assertThat(decoder.inChunk(encoder.bytes(), 0, encoder.size(), i)).isEqualTo(chunk.get(i));
            }
            assertThat(decoder.inChunk(encoder.bytes(), 0, encoder.size(), chunk.size())).isNull();
            assertSameBytes(FinishedChunk.parseFrom(message(0)), message(0));
        }
    }

    @Test
    void headersComeBackAsTheyWere() throws InvalidProtocolBufferException {
        for (long seed = 1; seed <= RUNS; seed++) {
            Cut.Header header = new RandomTransactions(new Random(seed)).header();
            encoder.reset(5);
            encoder.header(header);
            assertThat(decoder.header(encoder.bytes(), 5, encoder.size() - 5)).as("seed=%s", seed)
                    .isEqualTo(header);
            assertSameBytes(CutHeader.parseFrom(message(5)), message(5));
        }
    }

    @Test
    void fieldsOfNewerBuildsArePassedOver() throws InvalidProtocolBufferException {
        Unfinished unfinished = new RandomTransactions(new Random(1)).unfinished();
        encoder.reset(0);
        encoder.unfinished(unfinished);
        UnknownFieldSet more = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(7).build()).build();
        UnfinishedTransaction from = UnfinishedTransaction.parseFrom(message(0));
        byte[] newer = from.toBuilder().setUnknownFields(more)
                .setTransaction(from.getTransaction().toBuilder().setUnknownFields(more)).build().toByteArray();
        assertThat(decoder.unfinished(newer, 0, newer.length)).isEqualTo(unfinished);
    }

    @Test
    void everyShorterMessageIsRefused() throws InvalidProtocolBufferException {
        Unfinished unfinished = new RandomTransactions(new Random(3)).unfinished();
        encoder.reset(0);
        encoder.unfinished(unfinished);
        for (int size = 0; size < encoder.size(); size++) {
            int cut = size;
            assertThatThrownBy(() -> decoder.unfinished(encoder.bytes(), 0, cut)).as("of %s bytes", size)
                    .isInstanceOf(InvalidProtocolBufferException.class);
        }
    }

    private byte[] message(int from) {
        return Arrays.copyOfRange(encoder.bytes(), from, encoder.size());
    }

    /** Protobuf writes what it has read: the same bytes mean that no field was unknown, out of order or longer than need be. */
    private static void assertSameBytes(Message parsed, byte[] written) {
        assertThat(parsed.getUnknownFields().asMap()).isEmpty();
        assertThat(parsed.toByteArray()).isEqualTo(written);
    }
}
