package io.holdfast.bench.child;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import io.holdfast.engine.codec.CommandEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The transactions that are measured: TCC with two branches. */
public final class Shapes {

    /** A gid as the engine issues it has as many characters. */
    private static final int GID_CHARACTERS = 25;
    private static final int PAYLOAD_BYTES = 200;
    private static final long SOON_MILLIS = 30_000;
    private static final long FAR_MILLIS = 30L * 24 * 60 * 60 * 1_000;

    private Shapes() {
    }

    /** Nothing to call, no payload. */
    static Command empty(String gid, long deadlineMillis) {
        return begin(gid, deadlineMillis, List.of(new BranchSpec("01", "", "", Payload.EMPTY),
                new BranchSpec("02", "", "", Payload.EMPTY)));
    }

    static Command empty(String gid) {
        return empty(gid, SOON_MILLIS);
    }

    /** As in business: URLs, 200 bytes of payload for each branch, and a deadline that is far. */
    static Command real(String gid) {
        return begin(gid, FAR_MILLIS, List.of(branch("01", "stock", gid), branch("02", "payment", gid)));
    }

    /** Strings of its own, as a request brings them. */
    private static BranchSpec branch(String id, String service, String gid) {
        String base = "http://" + service + ".shop.internal:8080/api/v1/" + service;
        String payload = "{\"order\":\"" + gid + "\",\"note\":\"";
        byte[] bytes = (payload + "x".repeat(PAYLOAD_BYTES - payload.length() - 2) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        return new BranchSpec(id, base + "/confirm", base + "/cancel", Payload.of(bytes));
    }

    private static Command begin(String gid, long deadlineMillis, List<BranchSpec> branches) {
        return new Command.Begin(gid, Mode.TCC, deadlineMillis, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                Attributes.NONE,
                branches);
    }

    static Command confirm(String gid) {
        return new Command.Decide(gid, Decision.CONFIRM, "", List.of());
    }

    static Command cancel(String gid) {
        return new Command.Decide(gid, Decision.CANCEL, "measured", List.of());
    }

    /** Mean size in the log of the two commands of an empty transaction. */
    public static int meanCommandBytes() {
        String gid = "0".repeat(GID_CHARACTERS);
        return (CommandEncoder.encode(empty(gid)).length + CommandEncoder.encode(confirm(gid)).length) / 2;
    }

    /** Size in the log of the beginning of a real one, payloads included. */
    public static int realBytes() {
        return CommandEncoder.encode(real("0".repeat(GID_CHARACTERS))).length;
    }
}
