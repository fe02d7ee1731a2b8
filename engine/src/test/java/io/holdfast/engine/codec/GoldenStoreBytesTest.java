package io.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Limits;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import io.holdfast.core.Unfinished;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What version 1 stored is read for ever. The bytes in the resource never change, and there is no way to write them anew: a
 * failure here means that stores of released versions would be read otherwise.
 */
class GoldenStoreBytesTest {

    private static final HexFormat HEX = HexFormat.of();
    // Spelled out: what is absent stands for these values, whatever the defaults become.
    private static final CallPolicy DEFAULTS = new CallPolicy(3_000, 1_000, 300_000, 2_000, 0);
    private static final SagaOrder SEQUENTIAL = new SagaOrder(false, List.of());
    private static final Attributes PLAIN = new Attributes("native", "", "", "", List.of(), false);

    @Test
    void bytesOfVersionOneAreReadAsTheyWereMeant() throws IOException {
        Map<String, byte[]> golden = golden();
        assertThat(golden.keySet()).isEqualTo(meant().keySet());
        for (Map.Entry<String, Object> one : meant().entrySet()) {
            byte[] bytes = Objects.requireNonNull(golden.get(one.getKey()));
            Object read = switch (one.getValue()) {
                case Cut.Header header -> new StoredDecoder().header(bytes, 0, bytes.length);
                case Unfinished unfinished -> new StoredDecoder().unfinished(bytes, 0, bytes.length);
                default -> new StoredDecoder().chunk(bytes, 0, bytes.length);
            };
            assertThat(read).as(one.getKey()).isEqualTo(one.getValue());
        }
    }

    @Test
    void bytesOfVersionOneAreWrittenStill() throws IOException {
        Map<String, byte[]> golden = golden();
        meant().forEach((name, record) -> assertThat(name + " " + HEX.formatHex(encoded(record)))
                .isEqualTo(name + " " + HEX.formatHex(Objects.requireNonNull(golden.get(name)))));
    }

    private static byte[] encoded(Object record) {
        StoredEncoder encoder = new StoredEncoder();
        encoder.reset(0);
        switch (record) {
            case Cut.Header header -> encoder.header(header);
            case Unfinished unfinished -> encoder.unfinished(unfinished);
            case List<?> chunk -> chunk.forEach(finished -> encoder.finished((Finished) finished));
            default -> throw new IllegalArgumentException(record.toString());
        }
        return Arrays.copyOf(encoder.bytes(), encoder.size());
    }

    private static Map<String, byte[]> golden() throws IOException {
        Map<String, byte[]> golden = new LinkedHashMap<>();
        try (InputStream in = Objects
                .requireNonNull(GoldenStoreBytesTest.class.getResourceAsStream("stored-v1.txt"))) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .forEach(line -> golden.put(line.substring(0, line.indexOf(' ')),
                            HEX.parseHex(line.substring(line.indexOf(' ') + 1))));
        }
        return golden;
    }

    /** Every kind, with every field set and with none, and every value of every enumeration. */
    private static Map<String, Object> meant() {
        Map<String, Object> meant = new LinkedHashMap<>();
        meant.put("header", new Cut.Header(1, 2, 1_700_000_000_000L, 3, 1, new Limits(1_000_000, 4L << 30, 1_000, 0), 4,
                5, 6, 7));
        meant.put("chunk-empty", List.of());
        meant.put("unfinished-smallest",
                new Unfinished(transaction(new Terms("", Mode.TCC, 0, 0, 0, 0, DEFAULTS, SEQUENTIAL, PLAIN),
                        State.TRYING, List.of()), 0));
        meant.put("unfinished-full", new Unfinished(full(State.COMPENSATING), 300));
        List<Finished> every = new ArrayList<>();
        for (State state : State.values()) {
            every.add(new Finished(full(state), 1, 2 + state.ordinal(), 3));
        }
        meant.put("chunk-of-every-state", every);
        meant.put("unfinished-heartbeat",
                new Unfinished(new Transaction(new Terms("", Mode.TCC, 0, 0, 0, 0, DEFAULTS, SEQUENTIAL, PLAIN),
                        State.TRYING, List.of(), "", 0, 0, 0, 0, 0, "", "", List.of(), 7), 0));
        return meant;
    }

    private static Transaction full(State state) {
        Terms terms = new Terms("gid-\u00e9\ud83d\ude00", Mode.SAGA, 1, 2, 3, 4, new CallPolicy(1, 2, 3, 4, 5),
                new SagaOrder(true, List.of(List.of(), List.of(0), List.of(0, 1))),
                new Attributes("dtm-http", "00-trace-01", "order-7", "custom",
                        List.of(new Attributes.Header("n", "v"), new Attributes.Header("m", "")), true));
        List<Branch> branches = new ArrayList<>();
        for (Progress progress : Progress.values()) {
            branches.add(new Branch("01", "http://a/confirm", "http://a/cancel", 200, 0x01020304,
                    progress.ordinal() - 1, progress, Progress.IDLE, true, "status 500", 5, 6));
            branches.add(new Branch("", "", "", 0, 0, 0, Progress.IDLE, progress, false, "", 0, 0));
        }
        return transaction(terms, state, branches);
    }

    private static Transaction transaction(Terms terms, State state, List<Branch> branches) {
        if (branches.isEmpty()) {
            return new Transaction(terms, state, branches, "", 0, 0, 0, 0, 0, "", "", List.of());
        }
        List<Transaction.Audit> audit = new ArrayList<>();
        for (OperatorAction action : OperatorAction.values()) {
            audit.add(new Transaction.Audit(8, action, "ann", "why", State.RUNNING));
        }
        return new Transaction(terms, state, branches, "sold out", 9, 10, 11, -12, 13, "paused", "attention", audit);
    }
}
