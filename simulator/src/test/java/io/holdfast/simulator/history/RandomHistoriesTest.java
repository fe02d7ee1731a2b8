package io.holdfast.simulator.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.simulator.history.Search.Result;
import io.holdfast.simulator.history.Search.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** The checker against histories that are legal because something lived them, and illegal because something says so. */
class RandomHistoriesTest {

    private static final int SEEDS = Integer.getInteger("holdfast.histories", 10_000);
    private static final long FIRST_SEED = Long.getLong("holdfast.firstHistory", 1);
    /** Of one gid in a real run there are rarely more. */
    private static final int USUAL_REQUESTS = 30;
    private static final int USUAL_CONFIGURATIONS = 50;
    private static final int MIN_OF_EACH_MUTATION = 50;

    @Test
    void whatAnObjectLivedIsLegal() {
        Interleaving.Counts counts = new Interleaving.Counts();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RandomGenerator random = generator(seed);
            List<Told> lines = Interleaving.draw(random, 1 + random.nextInt(2 * USUAL_REQUESTS), counts);
            assertThat(Told.check(lines)).as("seed %s", seed).isEqualTo(new Verdict.Ok(1, lines.size()));
        }
        // If none of these had happened, little would be proved.
        assertThat(List.of(counts.unanswered, counts.lateEffects, counts.ownMoves, counts.refusals, counts.settled,
                counts.unseen, counts.conflicts, counts.confirmed, counts.cancelled))
                .allSatisfy(count -> assertThat(count).isGreaterThan(SEEDS / 100));
    }

    @Test
    void theOrderFoundIsOneThatAnObjectCanLive() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS / 4; seed++) {
            RandomGenerator random = generator(seed);
            List<Told> lines = Interleaving.draw(random, 1 + random.nextInt(USUAL_REQUESTS),
                    new Interleaving.Counts());
            History history = Told.history(lines);
            Specification specification = LinearizabilityChecker.specification(history, Told.GID);
            Search search = new Search(specification,
                    LinearizabilityChecker.spans(specification, history.of(Told.GID)), 1_000);
            assertThat(search.run()).as("seed %s", seed).isEqualTo(Result.FOUND);
            assertLived(seed, lines, search.order());
        }
    }

    private static void assertLived(long seed, List<Told> lines, List<Step> order) {
        SequentialObject object = new SequentialObject(Oracle.modeOf(lines));
        List<Integer> numbers = new ArrayList<>();
        GidState state = GidState.ABSENT;
        for (Step step : order) {
            assertThat(step.from()).as("seed %s", seed).isEqualTo(state);
            Exchange<?> exchange = step.exchange();
            if (exchange == null) {
                assertThat(object.byItself(state)).as("seed %s", seed).contains(step.to());
            } else {
                Told line = lines.get(exchange.number() - 1);
                assertThat(Oracle.after(object, state, line)).as("seed %s", seed).contains(step.to());
                numbers.add(exchange.number());
            }
            state = step.to();
        }
        assertThat(numbers).as("seed %s", seed).doesNotHaveDuplicates();
        List<Told> placed = numbers.stream().map(number -> lines.get(number - 1)).toList();
        assertThat(placed.stream().filter(Told::isAnswered).count()).as("seed %s", seed)
                .isEqualTo(lines.stream().filter(Told::isAnswered).count());
        assertThat(Oracle.followsTime(placed)).as("seed %s", seed).isTrue();
    }

    @Test
    void theVerdictIsThatOfTryingEveryOrder() {
        int legal = 0;
        int illegal = 0;
        Map<Damage, Integer> illegalBy = new EnumMap<>(Damage.class);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RandomGenerator random = generator(seed);
            List<Told> lines = Interleaving.draw(random, 1 + random.nextInt(Oracle.MAX_REQUESTS),
                    new Interleaving.Counts());
            Damage damage = Damage.values()[random.nextInt(Damage.values().length)];
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                List<Told> changed = damage.of(lines, random);
                lines = changed == null ? lines : changed;
            }
            boolean isLegal = Oracle.isLegal(lines);
            Verdict verdict = Told.check(lines);
            assertThat(verdict instanceof Verdict.Ok)
                    .as("seed %s: %s, trying every order says %s", seed, verdict, isLegal)
                    .isEqualTo(isLegal);
            assertThat(verdict).isNotInstanceOf(Verdict.TooBig.class);
            legal += isLegal ? 1 : 0;
            illegal += isLegal ? 0 : 1;
            if (verdict instanceof Verdict.Illegal found) {
                illegalBy.merge(damage, 1, Integer::sum);
                assertBlamed(seed, lines, found.unplaceable());
            }
        }
        System.out.printf("all orders tried: legal=%d illegal=%d by %s%n", legal, illegal, illegalBy);
        assertThat(legal).isGreaterThan(SEEDS / 10);
        assertThat(illegal).isGreaterThan(SEEDS / 10);
        assertThat(illegalBy).hasSize(Damage.values().length)
                .allSatisfy((damage, count) -> assertThat(count).isGreaterThan(MIN_OF_EACH_MUTATION));
    }

    /** Everything was possible until this response came, and nothing is with it. */
    private static void assertBlamed(long seed, List<Told> lines, Exchange<?> unplaceable) {
        int blamed = unplaceable.number() - 1;
        assertThat(Oracle.isLegal(until(lines, blamed, false))).as("seed %s before #%s", seed, blamed + 1).isTrue();
        assertThat(Oracle.isLegal(until(lines, blamed, true))).as("seed %s with #%s", seed, blamed + 1).isFalse();
    }

    private static List<Told> until(List<Told> lines, int last, boolean inclusive) {
        long now = lines.get(last).to();
        List<Told> known = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Told line = lines.get(i);
            // Of responses at one time, that to the earlier request counts as the earlier one.
            if (line.isAnswered() && (line.to() < now || line.to() == now && i < last) || i == last && inclusive) {
                known.add(line);
            } else if (line.from() <= now) {
                known.add(Told.unanswered(line.from(), line.request()));
            }
        }
        return known;
    }

    @Test
    void whatContradictsItselfIsIllegal() {
        Map<Mutation, Integer> made = new EnumMap<>(Mutation.class);
        int confirmedByOracle = 0;
        LinearizabilityChecker checker = new LinearizabilityChecker(USUAL_CONFIGURATIONS);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS / 4; seed++) {
            RandomGenerator random = generator(seed);
            int requests = random.nextInt(3) == 0 ? Oracle.MAX_REQUESTS - 1 : 1 + random.nextInt(USUAL_REQUESTS);
            List<Told> legal = Interleaving.draw(random, requests, new Interleaving.Counts());
            for (Mutation mutation : Mutation.values()) {
                List<Told> illegal = mutation.of(legal, random);
                if (illegal != null) {
                    made.merge(mutation, 1, Integer::sum);
                    assertThat(checker.check(Told.history(illegal))).as("seed %s %s: %s", seed, mutation, illegal)
                            .isInstanceOf(Verdict.Illegal.class);
                    if (illegal.size() <= Oracle.MAX_REQUESTS) {
                        assertThat(Oracle.isLegal(illegal)).as("seed %s %s: %s", seed, mutation, illegal).isFalse();
                        confirmedByOracle++;
                    }
                }
            }
        }
        System.out.printf("illegal histories by construction: %s, of which trying every order confirmed %d%n", made,
                confirmedByOracle);
        assertThat(made).hasSize(Mutation.values().length)
                .allSatisfy((mutation, count) -> assertThat(count).isGreaterThanOrEqualTo(MIN_OF_EACH_MUTATION));
        assertThat(confirmedByOracle).isGreaterThan(SEEDS / 100);
    }

    @Test
    void usualHistoriesAreJudgedFast() {
        List<History> histories = new ArrayList<>();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            histories.add(Told.history(Interleaving.draw(generator(seed), USUAL_REQUESTS,
                    new Interleaving.Counts())));
        }
        // A bound on work instead of time: above it, the verdict would be another one.
        LinearizabilityChecker checker = new LinearizabilityChecker(USUAL_CONFIGURATIONS);
        long bestNanos = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long began = System.nanoTime();
            for (History history : histories) {
                Verdict verdict = checker.check(history);
                assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Ok.class);
            }
            bestNanos = Math.min(bestNanos, System.nanoTime() - began);
        }
        System.out.printf("histories of %d requests: %d in %d ms, that is %d a second%n", USUAL_REQUESTS, SEEDS,
                bestNanos / 1_000_000, SEEDS * 1_000_000_000L / bestNanos);
    }

    /** Objects made anew have other identities, so an order that came from those would differ. */
    @Test
    void theSameHistoryHasTheSameVerdictInEveryByte() {
        int compared = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS / 100; seed++) {
            RandomGenerator random = generator(seed);
            List<Told> legal = Interleaving.draw(random, USUAL_REQUESTS, new Interleaving.Counts());
            for (Mutation mutation : Mutation.values()) {
                List<Told> illegal = mutation.of(legal, random);
                if (illegal != null) {
                    assertThat(explanation(illegal)).isEqualTo(explanation(illegal)).startsWith("gid g:");
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(SEEDS / 100);
    }

    private static String explanation(List<Told> lines) {
        return Told.check(lines) instanceof Verdict.Illegal illegal ? illegal.explanation() : "";
    }

    private static RandomGenerator generator(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
