package io.holdfast.engine.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Entry;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import io.holdfast.wire.log.v1.Begin;
import io.holdfast.wire.log.v1.LogCommand;
import io.holdfast.wire.log.v1.LogEntry;
import io.holdfast.wire.log.v1.Register;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * From the messages of the log back to entries. What comes with every transaction and has many fields is read by hand, because
 * a start replays a hundred thousand of them; the rest goes through the generated classes. Not thread-safe.
 */
public final class EntryReader {

    private final MessageInput in = new MessageInput();
    private byte[] buffer = new byte[64 * 1024];

    /**
     * Reads one entry.
     *
     * @param payload from position to limit; not kept
     * @throws InvalidProtocolBufferException if the bytes are no entry, or one of a newer build
     */
    public Entry read(long sequence, ByteBuffer payload) throws InvalidProtocolBufferException {
        int length = payload.remaining();
        if (buffer.length < length) {
            buffer = new byte[Math.max(length, 2 * buffer.length)];
        }
        payload.get(buffer, 0, length);
        in.open(buffer, 0, length);
        return MessageInput.read(() -> {
            long nowMillis = 0;
            long wallMillis = 0;
            List<Command> commands = new ArrayList<>();
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case LogEntry.NOW_MILLIS_FIELD_NUMBER -> nowMillis = in.int64();
                    case LogEntry.WALL_MILLIS_FIELD_NUMBER -> wallMillis = in.int64();
                    case LogEntry.COMMANDS_FIELD_NUMBER -> commands.add(command());
                    default -> in.skip();
                }
            }
            return new Entry(sequence, nowMillis, wallMillis, commands);
        });
    }

    /** The message holds one field, which says what command it is. */
    private Command command() throws IOException {
        int outer = in.enter();
        int kind = in.nextField();
        Command command = switch (kind) {
            case LogCommand.BEGIN_FIELD_NUMBER -> begin();
            case LogCommand.REGISTER_FIELD_NUMBER -> register();
            default -> CommandDecoder.command(in.whole(LogCommand.parser()));
        };
        if (in.nextField() != 0) {
            throw new InvalidProtocolBufferException("a command of the entry is followed by something else");
        }
        in.leave(outer);
        return command;
    }

    private Command begin() throws IOException {
        int outer = in.enter();
        String gid = "";
        int mode = 0;
        long deadlineMillis = 0;
        CallPolicy policy = CallPolicy.NATIVE;
        SagaOrder order = SagaOrder.SEQUENTIAL;
        Attributes attributes = AttributesReader.ABSENT;
        List<BranchSpec> branches = new ArrayList<>(2);
        long lookedAt = 0;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Begin.GID_FIELD_NUMBER -> gid = in.text();
                case Begin.MODE_FIELD_NUMBER -> mode = in.enumNumber();
                case Begin.DEADLINE_MILLIS_FIELD_NUMBER -> deadlineMillis = in.int64();
                case Begin.POLICY_FIELD_NUMBER ->
                    policy = CommandDecoder.policy(io.holdfast.wire.log.v1.CallPolicy.parseFrom(in.bytes()));
                case Begin.ORDER_FIELD_NUMBER ->
                    order = CommandDecoder.order(io.holdfast.wire.log.v1.SagaOrder.parseFrom(in.bytes()));
                case Begin.ATTRIBUTES_FIELD_NUMBER -> attributes = AttributesReader.read(in);
                case Begin.BRANCHES_FIELD_NUMBER -> branches.add(branch());
                case Begin.LOOKED_AT_FIELD_NUMBER -> lookedAt = in.int64();
                default -> in.skip();
            }
        }
        in.leave(outer);
        return new Command.Begin(gid, CommandDecoder.mode(mode), deadlineMillis,
                policy, order, attributes, branches, lookedAt);
    }

    private Command register() throws IOException {
        int outer = in.enter();
        String gid = "";
        List<BranchSpec> branches = new ArrayList<>(1);
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Register.GID_FIELD_NUMBER -> gid = in.text();
                case Register.BRANCHES_FIELD_NUMBER -> branches.add(branch());
                default -> in.skip();
            }
        }
        in.leave(outer);
        return new Command.Register(gid, branches);
    }

    private BranchSpec branch() throws IOException {
        int outer = in.enter();
        String branchId = "";
        String forwardUrl = "";
        String backwardUrl = "";
        Payload payload = Payload.EMPTY;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case io.holdfast.wire.log.v1.BranchSpec.BRANCH_ID_FIELD_NUMBER -> branchId = in.repeatedText();
                case io.holdfast.wire.log.v1.BranchSpec.FORWARD_URL_FIELD_NUMBER -> forwardUrl = in.repeatedText();
                case io.holdfast.wire.log.v1.BranchSpec.BACKWARD_URL_FIELD_NUMBER -> backwardUrl = in.repeatedText();
                case io.holdfast.wire.log.v1.BranchSpec.PAYLOAD_FIELD_NUMBER -> payload = Payload.of(in.bytes());
                default -> in.skip();
            }
        }
        in.leave(outer);
        return new BranchSpec(branchId, forwardUrl, backwardUrl, payload);
    }
}
