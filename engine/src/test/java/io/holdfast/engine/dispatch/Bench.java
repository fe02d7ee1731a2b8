package io.holdfast.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Outcome.Obligation;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import io.holdfast.engine.FakeClock;
import io.holdfast.engine.Participants;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A dispatcher on a fake clock, between a core that withdraws what is answered and participants with a script. */
final class Bench {

    static final Result OK = new Result.Success(false);
    static final Result ONGOING = new Result.Ongoing("");
    static final Result DEAD = new Result.Unknown(Trouble.NOT_CONNECTED, "refused");
    static final Result HUNG = new Result.Unknown(Trouble.TIMED_OUT, "timeout");
    static final Result STATUS_500 = new Result.Unknown(Trouble.UNEXPECTED_ANSWER, "status 500");

    /** How and after how long a call ends. */
    record Answer(long afterMillis, Result result) {}

    /** One call that was started. */
    static final class Started {
        final Call call;
        final long atMillis;
        private final Consumer<Result> whenDone;
        boolean ended;

        Started(Call call, long atMillis, Consumer<Result> whenDone) {
            this.call = call;
            this.atMillis = atMillis;
            this.whenDone = whenDone;
        }

        void end(Result result) {
            assertThat(ended).isFalse();
            ended = true;
            whenDone.accept(result);
        }
    }

    private record Ending(long atNanos, Started started, Result result) {}

    final FakeClock clock = new FakeClock();
    private final long zeroNanos = clock.nanos();
    final List<Command> proposed = new ArrayList<>();
    final List<Started> started = new ArrayList<>();
    final Map<String, Integer> inFlight = new HashMap<>();
    final Map<String, Integer> mostInFlight = new HashMap<>();
    final Dispatcher dispatcher;
    /** How many more calls the participants' side takes. */
    int room = Integer.MAX_VALUE;
    private final Map<String, BiFunction<Call, Integer, @Nullable Answer>> scripts = new HashMap<>();
    private final Map<String, Integer> attempts = new HashMap<>();
    private final PriorityQueue<Ending> endings = new PriorityQueue<>(
            Comparator.comparingLong(ending -> ending.atNanos - zeroNanos));
    private final Map<String, Obligation> owed = new HashMap<>();
    private final ArrayDeque<Obligation> answered = new ArrayDeque<>();

    Bench() {
        this(DispatchOptions.DEFAULT);
    }

    Bench(DispatchOptions options) {
        dispatcher = new Dispatcher(new Participants() {
            @Override
            public void call(Call call, Consumer<Result> whenDone) {
                Bench.this.call(call, whenDone);
            }

            @Override
            public int room() {
                return room;
            }
        }, new Dispatcher.Outbox() {
            @Override
            public void propose(Command command) {
                proposed.add(command);
                if (command instanceof Command.Answered answer) {
                    Obligation obligation = owed.get(answer.gid() + "/" + answer.branchIndex());
                    if (obligation != null) {
                        answered.add(obligation);
                    }
                }
            }

            @Override
            public void ended(Object ticket, Result result) {
                dispatcher.ended(ticket, result);
            }

            @Override
            public Payload body(Transaction transaction, int branchIndex, Operation operation) {
                return Payload.EMPTY;
            }
        }, clock, new SplittableRandom(5), options);
        dispatcher.boot(3);
    }

    /** Says how a host answers; {@code script} gets the call and its number among those of its URL, null leaves it to the test. */
    void host(String host, BiFunction<Call, Integer, @Nullable Answer> script) {
        scripts.put(host, script);
    }

    void host(String host, long afterMillis, Result result) {
        host(host, (call, attempt) -> new Answer(afterMillis, result));
    }

    /** Owes one call; the URL is {@code http://host/gid}. */
    Obligation owe(String host, String gid, Operation operation) {
        return owe(host, gid, operation, CallPolicy.NATIVE);
    }

    Obligation owe(String host, String gid, Operation operation, CallPolicy policy) {
        Obligation obligation = obligation(host, gid, operation, policy);
        owed.put(gid + "/0", obligation);
        dispatcher.owe(List.of(obligation));
        return obligation;
    }

    void withdraw(Obligation obligation) {
        dispatcher.withdraw(List.of(obligation));
    }

    static Obligation obligation(String host, String gid, Operation operation, CallPolicy policy) {
        String url = "http://" + host + "/" + gid;
        Branch branch = new Branch("01", operation.isForward() ? url : "", operation.isForward() ? "" : url, 0, 0, -1,
                operation.isForward() ? Progress.OWED : Progress.IDLE,
                operation.isForward() ? Progress.IDLE : Progress.OWED, false, "", 0, 0);
        boolean saga = operation == Operation.ACTION || operation == Operation.COMPENSATE;
        Terms terms = new Terms(gid, saga ? Mode.SAGA : Mode.TCC, 1, 0, 0, 0, policy, SagaOrder.SEQUENTIAL,
                Attributes.NONE);
        return new Obligation(
                new Transaction(terms, saga ? State.RUNNING : State.CONFIRMING, List.of(branch), "", 0, 0, 0, 0,
                        0, "", "", List.of()),
                0, operation);
    }

    long nowMillis() {
        return (clock.nanos() - zeroNanos) / 1_000_000;
    }

    private void call(Call call, Consumer<Result> whenDone) {
        String host = Authority.of(call.url());
        Started one = new Started(call, nowMillis(), result -> {
            inFlight.merge(host, -1, Integer::sum);
            whenDone.accept(result);
        });
        started.add(one);
        mostInFlight.merge(host, inFlight.merge(host, 1, Integer::sum), Math::max);
        var script = scripts.get(host);
        Answer answer = script == null ? null : script.apply(call, attempts.merge(call.url(), 1, Integer::sum));
        if (answer != null) {
            endings.add(new Ending(clock.nanos() + answer.afterMillis * 1_000_000, one, answer.result));
        }
    }

    /** Polls until there is nothing to do now. */
    Bench settle() {
        boolean busy = true;
        while (busy) {
            busy = dispatcher.poll() > 0;
            while (!answered.isEmpty()) {
                withdraw(answered.remove());
                busy = true;
            }
            while (!endings.isEmpty() && endings.peek().atNanos - clock.nanos() <= 0) {
                Ending ending = endings.remove();
                ending.started.end(ending.result);
                busy = true;
            }
        }
        // Whoever sleeps as long as this says must find something to do, or the thread spins.
        assertThat(dispatcher.idleNanos()).as("idle time after polling").isPositive();
        return this;
    }

    /** Lets time pass, stopping wherever something happens. */
    Bench run(long millis) {
        long end = clock.nanos() + millis * 1_000_000;
        settle();
        while (end - clock.nanos() > 0) {
            long step = Math.min(end - clock.nanos(), dispatcher.idleNanos());
            if (!endings.isEmpty()) {
                step = Math.min(step, endings.peek().atNanos - clock.nanos());
            }
            clock.advanceNanos(step);
            settle();
        }
        return this;
    }

    List<Started> startedOn(String host) {
        return started.stream().filter(one -> Authority.of(one.call.url()).equals(host)).toList();
    }

    <T extends Command> List<T> proposed(Class<T> kind) {
        return proposed.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
