package io.holdfast.simulator.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Core;
import io.holdfast.core.Entry;
import io.holdfast.core.Limits;
import io.holdfast.core.Outcome.Obligation;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** What the production core answers is what the checker takes a transaction to answer. */
class CoreHistoriesTest {

    private static final int SEEDS = 3_000;
    private static final int ENTRIES = 25;
    private static final List<String> GIDS = List.of("tcc", "saga", "tcc-with-its-key");

    /** One core, one history, one seed. */
    private static final class Life {

        private final RandomGenerator random;
        private final Core core = new Core();
        private final History history = new History();
        private final List<Command> commands = new ArrayList<>();
        private final List<Consumer<Reply>> receivers = new ArrayList<>();
        private final Map<String, Integer> seen;
        private long clock;
        private long nowMillis;

        Life(RandomGenerator random, Map<String, Integer> seen) {
            this.random = random;
            this.seen = seen;
            core.step(new Entry(1, 0, 0, List.of(new Command.Boot(1, 42, Limits.DEFAULT))));
        }

        History run() {
            for (int entry = 0; entry < ENTRIES; entry++) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    ask(GIDS.get(random.nextInt(GIDS.size())));
                }
                answerParticipants();
                step();
                String gid = GIDS.get(random.nextInt(GIDS.size()));
                Exchange<Response.ToQuery> query = history.invoke(gid, Told.QUERY, ++clock);
                tell(query, CoreReplies.toQuery(core.find(gid)));
            }
            return history;
        }

        private void ask(String gid) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    Exchange<Response.ToBegin> begin = history.invoke(gid, new Request.Begin(mode(gid)), ++clock);
                    send(begin(gid), reply -> tell(begin, CoreReplies.toBegin(gid, reply)));
                }
                case 2 -> {
                    Decision decision = random.nextBoolean() ? Decision.CONFIRM : Decision.CANCEL;
                    Exchange<Response.ToDecide> decide = history.invoke(gid, new Request.Decide(decision), ++clock);
                    List<Command.TryResult> results = random.nextInt(6) == 0
                            ? List.of(new Command.TryResult("not registered", Payload.EMPTY))
                            : List.of();
                    send(new Command.Decide(gid, decision, "", results),
                            reply -> tell(decide, CoreReplies.toDecide(gid, reply)));
                }
                default -> {
                    if (random.nextInt(3) == 0) {
                        Exchange<Response.ToSettle> settle = history.invoke(gid, Told.SETTLE, ++clock);
                        send(new Command.Operate(gid, Command.OperatorAction.SETTLE, "ann",
                                random.nextInt(4) == 0 ? "" : "because"),
                                reply -> tell(settle, CoreReplies.toSettle(gid, reply)));
                    }
                }
            }
        }

        private static Mode mode(String gid) {
            return gid.equals("saga") ? Mode.SAGA : Mode.TCC;
        }

        private Command begin(String gid) {
            List<BranchSpec> branches = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                String url = random.nextInt(3) == 0 ? "" : "http://p";
                branches.add(new BranchSpec("b" + i, url, url, Payload.EMPTY));
            }
            String key = gid.equals("saga") ? "" : random.nextInt(4) == 0 ? "another key" : "key";
            return new Command.Begin(gid, mode(gid), random.nextInt(3) == 0 ? 100 : 0, CallPolicy.NATIVE,
                    SagaOrder.SEQUENTIAL, new Attributes("native", "", key, "", List.of(), false), branches,
                    Long.MAX_VALUE);
        }

        private void answerParticipants() {
            List<Obligation> owed = new ArrayList<>();
            core.forEachObligation(owed::add);
            for (Obligation call : owed) {
                if (random.nextInt(3) == 0) {
                    boolean fails = call.operation() == Operation.ACTION && random.nextInt(3) == 0;
                    send(new Command.Answered(call.transaction().gid(), call.branchIndex(), call.operation(), !fails,
                            false, ""), reply -> {
                            });
                }
            }
        }

        private void send(Command command, Consumer<Reply> receiver) {
            int at = random.nextInt(commands.size() + 1);
            commands.add(at, command);
            receivers.add(at, receiver);
        }

        /** All that was asked becomes one entry, so it was asked at the same time. */
        private void step() {
            nowMillis += random.nextInt(40);
            List<Reply> replies = core.step(new Entry(core.sequence() + 1, nowMillis, nowMillis, List.copyOf(commands)))
                    .replies();
            for (int i = 0; i < replies.size(); i++) {
                receivers.get(i).accept(replies.get(i));
            }
            commands.clear();
            receivers.clear();
        }

        private <R extends Response> void tell(Exchange<R> exchange, R response) {
            seen.merge(exchange.request().getClass().getSimpleName() + " " + response.getClass().getSimpleName(), 1,
                    Integer::sum);
            if (random.nextInt(10) != 0) {
                history.complete(exchange, response, ++clock);
            }
        }
    }

    @Test
    void whatTheCoreAnswersIsLegal() {
        Map<String, Integer> seen = new TreeMap<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            Verdict verdict = new LinearizabilityChecker().check(new Life(random, seen).run());
            assertThat(verdict).as("seed %s: %s", seed, verdict).isInstanceOf(Verdict.Ok.class);
        }
        assertThat(seen.keySet()).containsExactly("Begin Done", "Begin Refused", "Decide Conflict", "Decide Done",
                "Decide NotFound", "Decide Refused", "Query NotFound", "Query Saw", "Settle Done", "Settle NotFound",
                "Settle Refused");
        assertThat(seen.values()).allSatisfy(count -> assertThat(count).isGreaterThan(SEEDS / 20));
    }
}
