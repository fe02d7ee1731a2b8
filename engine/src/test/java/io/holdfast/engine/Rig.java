package io.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An engine whose owners are all polled by the test, on a fake clock and a log in memory. */
final class Rig {

    static final Result OK = new Result.Success(false);

    record Made(Call call, Consumer<Result> whenDone) {}

    final FakeClock clock = new FakeClock();
    final MemoryLog log;
    final ForgetfulStore store = new ForgetfulStore();
    final List<Made> calls = new ArrayList<>();
    final List<StorageException> failures = new ArrayList<>();
    /** Answers a call at once, or leaves it to the test with null. */
    Function<Call, @Nullable Result> script = call -> OK;
    final Engine engine;

    Rig() throws StorageException {
        this(new MemoryLog(), EngineOptions.DEFAULT);
    }

    Rig(MemoryLog log, EngineOptions options) throws StorageException {
        this.log = log;
        engine = new Engine(log, store, this::call, clock, new SplittableRandom(log.disk().size()), options,
                failures::add);
        engine.recover();
    }

    private void call(Call call, Consumer<Result> whenDone) {
        calls.add(new Made(call, whenDone));
        Result result = script.apply(call);
        if (result != null) {
            whenDone.accept(result);
        }
    }

    /** A new process on the same disk, while the old one is gone without a word. */
    Rig restart() throws StorageException {
        return new Rig(new MemoryLog(log.disk()), EngineOptions.DEFAULT);
    }

    Owner proposer() {
        return engine.owners().get(0);
    }

    Owner applier() {
        return engine.owners().get(1);
    }

    Owner dispatch() {
        return engine.owners().get(2);
    }

    Owner store() {
        return engine.owners().get(3);
    }

    /** Polls until nobody has anything to do. */
    Rig settle() {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (Owner owner : engine.owners()) {
                busy |= owner.poll() > 0;
            }
        }
        for (Owner owner : engine.owners()) {
            assertThat(owner.idleNanos()).as("idle time of %s", owner.name()).isPositive();
        }
        return this;
    }

    /** Lets time pass, waking whenever an owner asked to be woken. */
    Rig run(long millis) {
        settle();
        for (long left = millis * 1_000_000; left > 0;) {
            long step = left;
            for (Owner owner : engine.owners()) {
                step = Math.min(step, owner.idleNanos());
            }
            clock.advanceNanos(step);
            left -= step;
            settle();
        }
        return this;
    }

    <T extends @Nullable Object> T ask(CompletableFuture<T> answer) {
        settle();
        assertThat(answer).isDone();
        return answer.join();
    }

    Reply submit(Command command) {
        return ask(engine.submit(command));
    }

    Reply begin(String gid, Mode mode, BranchSpec... branches) {
        return submit(beginning(gid, mode, branches));
    }

    static Command beginning(String gid, Mode mode, BranchSpec... branches) {
        return new Command.Begin(gid, mode, 30_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE,
                List.of(branches));
    }

    static Command decision(String gid, Decision decision, Command.TryResult... results) {
        return new Command.Decide(gid, decision, "", List.of(results));
    }

    static BranchSpec branch(String id) {
        return new BranchSpec(id, "http://p-" + id + "/forward", "http://p-" + id + "/backward", payload("body " + id));
    }

    static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Every call so far, as {@code branch operation}. */
    List<String> made() {
        return calls.stream().map(made -> made.call.branchId() + " " + made.call.operation().wireName()).toList();
    }

    static void assertRefused(Reply reply, ErrorCode code) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Refused.class,
                refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
