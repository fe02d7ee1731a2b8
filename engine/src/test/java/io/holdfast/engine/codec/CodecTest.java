package io.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Core;
import io.holdfast.core.Entry;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import io.holdfast.wire.log.v1.Answered;
import io.holdfast.wire.log.v1.LogCommand;
import io.holdfast.wire.log.v1.LogEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodecTest {

    private static final String HALF = "half\uD83D";

    @Test
    void everyCommandIsReadBackAsItWasWritten() throws InvalidProtocolBufferException {
        for (long seed = 1; seed <= 200; seed++) {
            RandomCommands random = new RandomCommands(new Random(seed));
            List<Command> commands = new ArrayList<>();
            for (int kind = 0; kind < RandomCommands.KINDS; kind++) {
                commands.add(random.next(kind));
            }
            commands.add(new Command.Activate(1));
            Entry entry = new Entry(seed, seed * 1_000_003, -seed, commands);
            assertThat(new EntryReader().read(seed, write(new EntryWriter(), entry))).as("seed=%s", seed)
                    .isEqualTo(entry);
        }
    }

    @Test
    void anEntryIsWhatProtobufWouldWriteForTheSameMessage() throws InvalidProtocolBufferException {
        EntryWriter writer = new EntryWriter();
        for (long seed = 1; seed <= 50; seed++) {
            RandomCommands random = new RandomCommands(new Random(seed));
            Entry entry = new Entry(1, seed, seed << 40, List.of(random.next(), random.next()));
            ByteBuffer written = write(writer, entry);
            LogEntry.Builder expected = LogEntry.newBuilder().setNowMillis(entry.nowMillis())
                    .setWallMillis(entry.wallMillis());
            entry.commands().forEach(c -> expected.addCommands(CommandEncoder.message(c)));
            assertThat(ByteString.copyFrom(written.duplicate())).as("seed=%s", seed)
                    .isEqualTo(expected.build().toByteString());
            assertThat(LogEntry.parseFrom(written)).as("seed=%s", seed).isEqualTo(expected.build());
        }
    }

    @Test
    void theBoundOnTheSizeOfAnEntryHolds() {
        EntryWriter writer = new EntryWriter();
        for (int bytes : new int[]{0, 1, 127, 128, 70_000, 3_000_000}) {
            int size = writer.write(Long.MIN_VALUE, Long.MIN_VALUE, List.of(new byte[bytes])).remaining();
            assertThat(size).isGreaterThan(bytes)
                    .isLessThanOrEqualTo(EntryWriter.emptyEntryBytes() + EntryWriter.sizeInEntry(bytes));
        }
    }

    @Test
    void aReplayFromTheLogReachesTheSameState() throws InvalidProtocolBufferException {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            RandomCommands commands = new RandomCommands(random);
            Core live = new Core();
            Core replayed = new Core();
            EntryWriter writer = new EntryWriter();
            long now = 0;
            for (int sequence = 1; sequence <= 60; sequence++) {
                List<Command> batch = new ArrayList<>();
                for (int count = random.nextInt(4); count > 0; count--) {
                    batch.add(commands.next());
                }
                now += random.nextInt(20_000);
                Entry entry = new Entry(sequence, now, now + 7, batch);
                live.step(entry);
                replayed.step(new EntryReader().read(sequence, write(writer, entry)));
            }
            assertThat(replayed.stateHash()).as("seed=%s", seed).isEqualTo(live.stateHash());
        }
    }

    @Test
    void halfOfASurrogatePairIsRefusedInEveryText() {
        BranchSpec sound = new BranchSpec("b", "", "", Payload.EMPTY);
        List<Command> malformed = List.of(begin(HALF, Attributes.NONE, sound),
                begin("g", attributes(HALF, "", "", "", ""), sound),
                begin("g", attributes("", HALF, "", "", ""), sound),
                begin("g", attributes("", "", HALF, "", ""), sound),
                begin("g", attributes("", "", "", HALF, ""), sound),
                begin("g", attributes("", "", "", "", HALF), sound),
                begin("g", new Attributes("", "", "", "", List.of(new Attributes.Header(HALF, "v")), false), sound),
                begin("g", Attributes.NONE, new BranchSpec(HALF, "", "", Payload.EMPTY)),
                begin("g", Attributes.NONE, sound, new BranchSpec("c", HALF, "", Payload.EMPTY)),
                begin("g", Attributes.NONE, sound, new BranchSpec("c", "", HALF, Payload.EMPTY)),
                new Command.Register(HALF, List.of()),
                new Command.Register("g", List.of(sound, new BranchSpec(HALF, "", "", Payload.EMPTY))),
                new Command.Decide(HALF, Decision.CANCEL, "", List.of()),
                new Command.Decide("g", Decision.CANCEL, HALF, List.of()),
                new Command.Decide("g", Decision.CONFIRM, "", List.of(new Command.TryResult(HALF, Payload.EMPTY))),
                new Command.Answered("g", 0, Operation.ACTION, false, false, HALF),
                new Command.AttemptFailed("g", 0, HALF), new Command.ErrorNoted("g", 0, Operation.CONFIRM, HALF),
                new Command.AttentionNeeded("g", HALF),
                new Command.Operate("g", Command.OperatorAction.RETRY, HALF, ""),
                new Command.Operate("g", Command.OperatorAction.RETRY, "", HALF));
        for (Command command : malformed) {
            assertThatThrownBy(() -> CommandEncoder.encode(command)).as("%s", command)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("surrogate");
        }
    }

    @Test
    void textsAreRepairedOnlyWhereTheyAreBroken() {
        String smile = "\uD83D\uDE00";
        assertThat(WellFormed.repaired("plain " + smile)).isEqualTo("plain " + smile);
        assertThat(WellFormed.repaired("a\uD83D" + smile + "\uDE00b")).isEqualTo("a\uFFFD" + smile + "\uFFFDb");
        assertThat(WellFormed.repaired("\uDE00\uD83D")).isEqualTo("\uFFFD\uFFFD");
    }

    @Test
    void aCommandOfANewerBuildIsRefused() {
        LogCommand unknown = LogCommand.newBuilder().setUnknownFields(UnknownFieldSet.newBuilder()
                .addField(99,
                        UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8("x")).build())
                .build()).build();
        assertRefused(LogEntry.newBuilder().addCommands(unknown).build(), "command");
        assertRefused(LogEntry.newBuilder().addCommands(LogCommand.getDefaultInstance()).build(), "command");
    }

    @Test
    void aValueOfANewerBuildIsRefused() {
        assertRefused(entry(LogCommand.newBuilder().setAnswered(Answered.newBuilder().setOperationValue(77))),
                "operation");
        assertRefused(entry(LogCommand.newBuilder().setAnswered(Answered.getDefaultInstance())), "operation");
        assertRefused(
                entry(LogCommand.newBuilder().setBegin(io.holdfast.wire.log.v1.Begin.newBuilder().setModeValue(77))),
                "mode");
        assertRefused(
                entry(LogCommand.newBuilder()
                        .setDecide(io.holdfast.wire.log.v1.Decide.newBuilder().setDecisionValue(77))),
                "decision");
        assertRefused(
                entry(LogCommand.newBuilder()
                        .setOperate(io.holdfast.wire.log.v1.Operate.newBuilder().setActionValue(77))),
                "operator action");
    }

    @Test
    void brokenBytesAreRefused() {
        assertThatThrownBy(() -> new EntryReader().read(1, ByteBuffer.wrap(new byte[]{0x1A, 0x7F, 1})))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    private static LogEntry entry(LogCommand.Builder command) {
        return LogEntry.newBuilder().addCommands(command).build();
    }

    private static void assertRefused(LogEntry entry, String what) {
        assertThatThrownBy(() -> new EntryReader().read(1, entry.toByteString().asReadOnlyByteBuffer()))
                .isInstanceOf(InvalidProtocolBufferException.class).hasMessageContaining(what)
                .hasMessageContaining("newer");
    }

    private static Command begin(String gid, Attributes attributes, BranchSpec... branches) {
        return new Command.Begin(gid, Mode.TCC, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, attributes,
                List.of(branches));
    }

    private static Attributes attributes(String wire, String trace, String key, String custom, String header) {
        return new Attributes(wire, trace, key, custom, List.of(new Attributes.Header("n", header)), false);
    }

    private static ByteBuffer write(EntryWriter writer, Entry entry) {
        return writer.write(entry.nowMillis(), entry.wallMillis(),
                entry.commands().stream().map(CommandEncoder::encode).toList());
    }
}
