package io.holdfast.server.data;

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
import io.holdfast.engine.StorageException;
import io.holdfast.engine.codec.CommandEncoder;
import io.holdfast.engine.codec.EntryWriter;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.log.NioDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A log with a command of every kind, of two transactions. */
final class SampleLog {

    static final byte[] PAYLOAD = {0, -1, 'x'};
    static final int ENTRIES = 12;
    /** Two entries hold two commands. */
    static final int LINES = ENTRIES + 2;
    private static final long FIRST_WALL_MILLIS = 1_700_000_000_000L;
    private static final FileLogOptions SMALL = new FileLogOptions(64 << 10, 4, 1 << 20);

    private SampleLog() {
    }

    static FileLog write(Path data) throws StorageException {
        BranchSpec branch = new BranchSpec("01", "http://a/confirm", "", Payload.of(PAYLOAD));
        FileLog log = new FileLog(NioDisk.open(data.resolve("log")), SMALL, new SplittableRandom(1));
        log.recover((sequence, payload) -> {
        });
        append(log, 1, new Command.Boot(1, -1, Limits.DEFAULT));
        append(log, 2, begin("one", Mode.TCC, List.of()), begin("two", Mode.SAGA, List.of(branch)));
        append(log, 3, new Command.Register("one", List.of(branch)));
        append(log, 4, new Command.Decide("one", Decision.CONFIRM, "", List.of(new Command.TryResult("01",
                Payload.of("result".getBytes(StandardCharsets.UTF_8))))));
        append(log, 5, new Command.Answered("one", 0, Operation.CONFIRM, true, true, ""));
        append(log, 6, new Command.AttemptFailed("two", 0, "no\nanswer\u001b[31m"));
        append(log, 7, new Command.ErrorNoted("two", 0, Operation.ACTION, "refused"));
        append(log, 8, new Command.AttentionNeeded("two", "ten attempts failed"));
        append(log, 9);
        append(log, 10, new Command.Operate("two", Command.OperatorAction.SETTLE, "ann", "as agreed"));
        append(log, 11, new Command.Answered("two", 0, Operation.ACTION, false, false, "sold out"));
        append(log, ENTRIES, new Command.Heartbeat(List.of("three")), new Command.Activate(1));
        return log;
    }

    private static Command begin(String gid, Mode mode, List<BranchSpec> branches) {
        return new Command.Begin(gid, mode, 30_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE, branches);
    }

    private static void append(FileLog log, long sequence, Command... commands) throws StorageException {
        log.append(sequence, new EntryWriter().write(sequence * 10, FIRST_WALL_MILLIS + sequence,
                Arrays.stream(commands).map(CommandEncoder::encode).toList()));
    }
}
