package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Outcome.Obligation;
import io.holdfast.core.Transitions.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Drives a core, one command per entry, and checks after every entry what always holds: states change along the table alone,
 * and by the event that the command stands for; what a step says is owed and withdrawn is the difference of what is owed
 * before and after.
 */
final class Scenario {

    static final String GID = "g";
    /** A look at the archive that nothing can have overtaken. */
    static final long CERTAIN = Long.MAX_VALUE;

    final Core core = new Core();
    final List<Entry> entries = new ArrayList<>();
    final Set<Row> used = new LinkedHashSet<>();
    Outcome last = new Outcome(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
            List.of(), 0);
    private long nowMillis;
    private long wallMillis = 1_700_000_000_000L;

    Scenario() {
        this(Limits.DEFAULT);
    }

    Scenario(Limits limits) {
        apply(new Command.Boot(1, 42, limits));
    }

    // --- what callers, participants and operators do

    Reply begin(Mode mode, BranchSpec... branches) {
        return begin(GID, mode, branches);
    }

    Reply begin(String gid, Mode mode, BranchSpec... branches) {
        return begin(gid, mode, 30_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, branches);
    }

    Reply begin(String gid, Mode mode, long deadlineMillis, CallPolicy policy, SagaOrder order,
            BranchSpec... branches) {
        return apply(new Command.Begin(gid, mode, deadlineMillis, policy, order, Attributes.NONE, List.of(branches),
                CERTAIN));
    }

    Reply register(BranchSpec... branches) {
        return apply(new Command.Register(GID, List.of(branches)));
    }

    Reply confirm(Command.TryResult... results) {
        return apply(new Command.Decide(GID, Decision.CONFIRM, "", List.of(results)));
    }

    Reply cancel(String reason) {
        return apply(new Command.Decide(GID, Decision.CANCEL, reason, List.of()));
    }

    Reply done(int branchIndex, Operation operation) {
        return apply(new Command.Answered(GID, branchIndex, operation, true, false, ""));
    }

    Reply failed(int branchIndex, String detail) {
        return apply(new Command.Answered(GID, branchIndex, Operation.ACTION, false, false, detail));
    }

    Reply attemptFailed(int branchIndex) {
        return apply(new Command.AttemptFailed(GID, branchIndex, "status 500"));
    }

    Reply operate(Command.OperatorAction action, String reason) {
        return apply(new Command.Operate(GID, action, "ann", reason));
    }

    /** Lets logical time pass and logs a tick. */
    void pass(long millis) {
        nowMillis += millis;
        wallMillis += millis;
        entry(List.of());
    }

    /** Lets logical time pass with the next command, before any timer fires. */
    Scenario later(long millis) {
        nowMillis += millis;
        wallMillis += millis;
        return this;
    }

    Reply apply(Command command) {
        return entry(List.of(command)).replies().getFirst();
    }

    Outcome entry(List<Command> commands) {
        Entry entry = new Entry(core.sequence() + 1, nowMillis, wallMillis, commands);
        entries.add(entry);
        Map<String, @Nullable Transaction> before = transactions();
        Set<String> owedBefore = owed();
        last = core.step(entry);
        if (commands.size() <= 1) {
            for (Transaction changed : last.changed()) {
                checkPath(before.get(changed.gid()), changed, commands.isEmpty() ? null : commands.getFirst());
            }
        }
        checkDifference(owedBefore, owed());
        assertThat(last.nextWakeAtMillis()).isEqualTo(core.nextWakeAtMillis());
        return last;
    }

    // --- what can be seen

    Transaction transaction() {
        return transaction(GID);
    }

    Transaction transaction(String gid) {
        Transaction found = core.find(gid);
        assertThat(found).as("transaction %s", gid).isNotNull();
        return java.util.Objects.requireNonNull(found);
    }

    State state() {
        return transaction().state();
    }

    /** What is owed, as {@code gid/index/operation}, sorted. */
    Set<String> owed() {
        Set<String> owed = new TreeSet<>();
        core.forEachObligation(o -> assertThat(owed.add(text(o))).as("owed twice: %s", text(o)).isTrue());
        return owed;
    }

    /** What is owed to the usual transaction, as {@code index operation}. */
    List<String> calls() {
        List<String> calls = new ArrayList<>();
        core.forEachObligation(o -> {
            if (o.transaction().gid().equals(GID)) {
                calls.add(o.branchIndex() + " " + o.operation().wireName());
            }
        });
        return calls;
    }

    static BranchSpec branch(String id) {
        return new BranchSpec(id, "http://p/" + id + "/forward", "http://p/" + id + "/backward",
                payload("body of " + id));
    }

    static BranchSpec empty(String id) {
        return new BranchSpec(id, "", "", Payload.EMPTY);
    }

    static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static void assertChanged(Reply reply) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Done.class, done -> assertThat(done.changed()).isTrue());
    }

    static void assertUnchanged(Reply reply) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Done.class, done -> assertThat(done.changed()).isFalse());
    }

    static void assertRefused(Reply reply, ErrorCode code) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.message()).isNotBlank();
        });
    }

    // --- checks

    private Map<String, @Nullable Transaction> transactions() {
        Map<String, @Nullable Transaction> all = new HashMap<>();
        core.forEach(0, (ordinal, transaction) -> {
            all.put(transaction.gid(), transaction);
            return true;
        });
        return all;
    }

    private void checkDifference(Set<String> before, Set<String> after) {
        Set<String> fresh = new TreeSet<>(after);
        fresh.removeAll(before);
        Set<String> gone = new TreeSet<>(before);
        gone.removeAll(after);
        assertThat(texts(last.owed())).as("owed from now on").isEqualTo(fresh);
        assertThat(texts(last.withdrawn())).as("no longer owed").isEqualTo(gone);
    }

    private static Set<String> texts(List<Obligation> obligations) {
        Set<String> texts = new TreeSet<>();
        obligations.forEach(o -> assertThat(texts.add(text(o))).as("named twice: %s", text(o)).isTrue());
        return texts;
    }

    private static String text(Obligation o) {
        return o.transaction().gid() + "/" + o.branchIndex() + "/" + o.operation().wireName();
    }

    /** At most the event that the command stands for, and then the end, if nothing is left to call; or the same by a timer. */
    private void checkPath(@Nullable Transaction before, Transaction after, @Nullable Command command) {
        State from = before != null ? before.state() : after.mode() == Mode.TCC ? State.TRYING : State.RUNNING;
        List<Event> byTimer = eventsOf(null);
        List<Event> byBoth = new ArrayList<>(eventsOf(command));
        byBoth.addAll(byTimer);
        for (List<Event> events : List.of(eventsOf(command), byTimer, byBoth)) {
            List<Row> path = walk(after.mode(), from, after.state(), events);
            if (path != null) {
                used.addAll(path);
                return;
            }
        }
        fail("%s came from %s to %s by %s", after.gid(), from, after.state(), command);
    }

    private static @Nullable List<Row> walk(Mode mode, State start, State end, List<Event> events) {
        List<Row> path = new ArrayList<>();
        State state = start;
        for (Event event : events) {
            State next = state == end ? null : Transitions.next(mode, state, event);
            if (next != null) {
                path.add(new Row(mode, state, event, next));
                state = next;
            }
        }
        return state == end ? path : null;
    }

    private static List<Event> eventsOf(@Nullable Command command) {
        return switch (command) {
            case null -> List.of(Event.DEADLINE_PASSED, Event.BACKWARD_DONE);
            case Command.Begin begin -> List.of(Event.FORWARD_DONE);
            case Command.Decide decide -> decide.decision() == Decision.CONFIRM
                    ? List.of(Event.CONFIRM_DECIDED, Event.FORWARD_DONE)
                    : List.of(Event.CANCEL_DECIDED, Event.BACKWARD_DONE);
            case Command.Answered answered -> !answered.success()
                    ? List.of(Event.ACTION_FAILED, Event.BACKWARD_DONE)
                    : answered.operation().isForward() ? List.of(Event.FORWARD_DONE) : List.of(Event.BACKWARD_DONE);
            case Command.AttemptFailed failed -> List.of(Event.RETRIES_EXHAUSTED, Event.BACKWARD_DONE);
            case Command.Operate operate -> List.of(Event.SETTLED);
            case Command.Register register -> List.of();
            case Command.ErrorNoted noted -> List.of();
            case Command.AttentionNeeded needed -> List.of();
            case Command.Heartbeat beat -> List.of();
            case Command.Boot boot -> List.of();
            case Command.Activate activate -> List.of();
        };
    }
}
