package io.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Limits;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What version 1 wrote is read for ever. The bytes in the resource never change, and there is no way to write them anew: a
 * failure here means that logs of released versions would be read otherwise.
 */
class GoldenBytesTest {

    private static final HexFormat HEX = HexFormat.of();

    @Test
    void bytesOfVersionOneAreReadAsTheyWereMeant() throws IOException {
        Map<String, byte[]> golden = golden();
        assertThat(golden.keySet()).isEqualTo(meant().keySet());
        for (Map.Entry<String, Command> one : meant().entrySet()) {
            byte[] bytes = Objects.requireNonNull(golden.get(one.getKey()));
            ByteBuffer entry = new EntryWriter().write(1, 2, List.of(bytes));
            assertThat(new EntryReader().read(1, entry).commands()).as(one.getKey()).containsExactly(one.getValue());
        }
    }

    @Test
    void bytesOfVersionOneAreWrittenStill() throws IOException {
        Map<String, byte[]> golden = golden();
        meant().forEach((name, command) -> assertThat(name + " " + HEX.formatHex(CommandEncoder.encode(command)))
                .isEqualTo(name + " " + HEX.formatHex(Objects.requireNonNull(golden.get(name)))));
    }

    @Test
    void anEntryIsWrittenAsEver() {
        ByteBuffer entry = new EntryWriter().write(1_000, 1_700_000_000_000L,
                List.of(CommandEncoder.encode(new Command.Activate(1))));
        byte[] bytes = new byte[entry.remaining()];
        entry.get(bytes);
        assertThat(HEX.formatHex(bytes)).isEqualTo("08e80710" + "80d095ffbc31" + "1a04" + "52020801");
    }

    private static Map<String, byte[]> golden() throws IOException {
        Map<String, byte[]> golden = new LinkedHashMap<>();
        try (InputStream in = Objects.requireNonNull(GoldenBytesTest.class.getResourceAsStream("commands-v1.txt"))) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .forEach(line -> golden.put(line.substring(0, line.indexOf(' ')),
                            HEX.parseHex(line.substring(line.indexOf(' ') + 1))));
        }
        return golden;
    }

    /** Every kind, with every field set, and the smallest of those whose fields may be absent. */
    private static Map<String, Command> meant() {
        Map<String, Command> meant = new LinkedHashMap<>();
        BranchSpec branch = new BranchSpec("01", "http://a/confirm", "http://a/cancel", payload("{\"n\":1}"));
        // Spelled out: what is absent stands for these values, whatever the defaults become.
        CallPolicy defaults = new CallPolicy(3_000, 1_000, 300_000, 2_000, 0);
        SagaOrder sequential = new SagaOrder(false, List.of());
        meant.put("begin-smallest", new Command.Begin("g", Mode.TCC, 0, defaults, sequential,
                new Attributes("", "", "", "", List.of(), false), List.of()));
        meant.put("begin-full",
                new Command.Begin("gid-é😀", Mode.SAGA, 30_000, new CallPolicy(1, 2, 3, 4, 5),
                        new SagaOrder(true, List.of(List.of(), List.of(0), List.of(0, 1))),
                        new Attributes("dtm-http", "00-trace-01", "order-7", "custom",
                                List.of(new Attributes.Header("n", "v"), new Attributes.Header("m", "")), true),
                        List.of(branch, new BranchSpec("02", "", "", Payload.EMPTY), branch)));
        meant.put("register", new Command.Register("g", List.of(branch)));
        meant.put("decide-confirm", new Command.Decide("g", Decision.CONFIRM, "",
                List.of(new Command.TryResult("01", payload("hold")), new Command.TryResult("02", Payload.EMPTY))));
        meant.put("decide-cancel", new Command.Decide("g", Decision.CANCEL, "sold out", List.of()));
        meant.put("answered-try", new Command.Answered("g", 0, Operation.TRY, true, false, ""));
        meant.put("answered-confirm", new Command.Answered("g", 1, Operation.CONFIRM, true, true, ""));
        meant.put("answered-cancel", new Command.Answered("g", 2, Operation.CANCEL, true, false, ""));
        meant.put("answered-action", new Command.Answered("g", 300, Operation.ACTION, false, false, "no money"));
        meant.put("answered-compensate", new Command.Answered("g", 0, Operation.COMPENSATE, true, false, ""));
        meant.put("attempt-failed", new Command.AttemptFailed("g", 3, "status 500"));
        meant.put("error-noted", new Command.ErrorNoted("g", 4, Operation.CONFIRM, "no connection"));
        meant.put("attention-needed", new Command.AttentionNeeded("g", "failed 10 times"));
        meant.put("operate-retry", new Command.Operate("g", Command.OperatorAction.RETRY, "ann", ""));
        meant.put("operate-pause", new Command.Operate("g", Command.OperatorAction.PAUSE, "ann", "why"));
        meant.put("operate-resume", new Command.Operate("g", Command.OperatorAction.RESUME, "ann", "why"));
        meant.put("operate-settle", new Command.Operate("g", Command.OperatorAction.SETTLE, "ann", "why"));
        meant.put("boot", new Command.Boot(7, -2, new Limits(1_000_000, 4L << 30, 1_000, 0)));
        meant.put("activate", new Command.Activate(1));
        meant.put("heartbeat", new Command.Heartbeat(List.of("g", "h")));
        meant.put("begin-labelled", new Command.Begin("g", Mode.TCC, 0, defaults, sequential, new Attributes("native",
                "", "order-7", "", List.of(), false, List.of(new Attributes.Label("n", "v"))), List.of()));
        return meant;
    }

    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
