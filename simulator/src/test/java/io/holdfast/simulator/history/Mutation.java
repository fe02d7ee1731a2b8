package io.holdfast.simulator.history;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.simulator.history.Response.Effect;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Ways to make an illegal history of a legal one. Each is illegal by construction: what it adds or changes contradicts a
 * response that proves the opposite, whatever else happened.
 */
enum Mutation {
    OLD_STATE_AFTER_A_DECISION {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            return decision(legal) == null ? null : later(legal, Told.QUERY, Told.saw(GidState.OPEN));
        }
    },
    NOT_FOUND_AFTER_A_BEGIN {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            return !isBegun(legal)
                    ? null
                    : random.nextBoolean()
                            ? later(legal, Told.QUERY, Told.NOT_FOUND)
                            : later(legal, Told.CONFIRM, Told.NOT_FOUND);
        }
    },
    OTHER_DECISION_AFTER_A_DECISION {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            Decision decision = decision(legal);
            return decision == null
                    ? null
                    : later(legal, new Request.Decide(other(decision)), new Response.Done(
                            random.nextBoolean() ? StateSet.ALL : StateSet.decided(other(decision)), Effect.NOT_SAID));
        }
    },
    DECISION_FLIPPED_IN_ONE_RESPONSE {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            Decision decision = decision(legal);
            List<Told> proofs = legal.stream().filter(line -> decision != null
                    && proves(line, StateSet.decided(decision)) && line.request().equals(Told.QUERY)).toList();
            // Another one that proves the decision must be left.
            if (proofs.isEmpty() || legal.stream().filter(line -> decision(List.of(line)) != null).count() < 2) {
                return null;
            }
            Told victim = pick(proofs, random);
            return replaced(legal, victim, victim.withResponse(Told.saw(flipped(victim))));
        }
    },
    UNFINISHED_AFTER_THE_END {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            return legal.stream().anyMatch(line -> proves(line, StateSet.of(GidState.CONFIRMED, GidState.CANCELLED)))
                    ? later(legal, Told.QUERY, Told.saw(GidState.CONFIRMING, GidState.CANCELLING))
                    : null;
        }
    },
    OUTCOME_AFTER_IT_WAS_SETTLED {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            return isSettled(legal)
                    ? later(legal, Told.QUERY,
                            Told.saw(random.nextBoolean() ? GidState.CONFIRMED : GidState.CANCELLED))
                    : null;
        }
    },
    SETTLED_BY_NOBODY {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            List<Told> left = without(legal, line -> line.request().equals(Told.SETTLE));
            return isSettled(left) ? left : null;
        }
    },
    BEGUN_TWICE {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            for (Told line : legal) {
                if (line.request() instanceof Request.Begin
                        && line.response() instanceof Response.Done done && done.effect() == Effect.CHANGED) {
                    return later(legal, line.request(), done);
                }
            }
            return null;
        }
    },
    CONFLICT_WITH_THE_DECISION_ASKED_FOR {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            Decision decision = decision(legal);
            return decision == null
                    ? null
                    : later(legal, new Request.Decide(decision), new Response.Conflict(StateSet.decided(decision)));
        }
    },
    CONFLICT_NAMING_THE_WRONG_DECISION {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            Decision decision = decision(legal);
            return decision == null
                    ? null
                    : later(legal, new Request.Decide(decision),
                            new Response.Conflict(StateSet.decided(other(decision))));
        }
    },
    DECIDED_TWICE {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            Decision decision = decision(legal);
            return decision == null
                    ? null
                    : later(legal, new Request.Decide(decision), new Response.Done(StateSet.ALL, Effect.CHANGED));
        }
    },
    NEVER_BEGUN {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            List<Told> left = without(legal, line -> line.request() instanceof Request.Begin);
            return isBegun(left) ? left : null;
        }
    },
    BEGUN_ALTHOUGH_REFUSED {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            List<Told> changed = new ArrayList<>();
            for (Told line : legal) {
                changed.add(line.request() instanceof Request.Begin
                        ? new Told(line.request(), new Response.Refused(StateSet.ALL), line.from(),
                                line.isAnswered() ? line.to() : line.from() + random.nextInt(20))
                        : line);
            }
            return isBegun(changed) ? changed : null;
        }
    },
    CONFIRMED_BY_NOBODY {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            // Any other response to a decision could say that it confirmed; so all of them go.
            List<Told> left = without(legal, line -> line.request().equals(Told.CONFIRM));
            // A Saga needs nobody.
            return decision(left) == Decision.CONFIRM && Oracle.modeOf(legal) == Mode.TCC ? left : null;
        }
    },
    QUERY_MOVED_BEHIND_WHAT_IT_MISSES {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            List<Told> early = legal.stream().filter(line -> line.request().equals(Told.QUERY)
                    && (proves(line, StateSet.of(GidState.ABSENT)) && isBegun(legal)
                            || proves(line, StateSet.of(GidState.OPEN)) && decision(legal) != null))
                    .toList();
            if (early.isEmpty()) {
                return null;
            }
            Told victim = pick(early, random);
            long end = end(legal);
            return replaced(legal, victim, victim.at(end + 1 + random.nextInt(5), end + 6));
        }
    },
    QUERY_MOVED_BEFORE_WHAT_IT_SAW {
        @Override
        @Nullable
        List<Told> of(List<Told> legal, RandomGenerator random) {
            List<Told> late = legal.stream()
                    .filter(line -> line.request().equals(Told.QUERY) && isBegun(List.of(line))).toList();
            long begun = legal.stream().filter(line -> line.request() instanceof Request.Begin)
                    .mapToLong(Told::from).min().orElse(0);
            if (late.isEmpty()) {
                return null;
            }
            Told victim = pick(late, random);
            return replaced(legal, victim, victim.at(begun - 5, begun - 1 - random.nextInt(3)));
        }
    };

    private static final StateSet KNOWN = new StateSet(StateSet.ALL.mask() & ~StateSet.of(GidState.ABSENT).mask());

    /** An illegal history; null if this one gives no occasion. */
    abstract @Nullable List<Told> of(List<Told> legal, RandomGenerator random);

    /** Whether the state at or after the instant of the request was surely one of these. */
    static boolean proves(Told line, StateSet states) {
        int possible = possible(line);
        return line.isAnswered() && possible != 0 && (possible & ~states.mask()) == 0;
    }

    /** The states that the response leaves open, in the light of the request. */
    private static int possible(Told line) {
        Response response = line.response() == null ? Told.UNKNOWN : line.response();
        return switch (response) {
            case Response.Saw saw -> saw.states().mask() & KNOWN.mask();
            case Response.NotFound notFound -> StateSet.of(GidState.ABSENT).mask();
            case Response.Refused refused -> refused.states().mask();
            case Response.Unknown unknown -> StateSet.ALL.mask();
            case Response.Conflict conflict -> conflict.states().mask() & (line.request().equals(Told.CONFIRM)
                    ? StateSet.decided(Decision.CANCEL).mask()
                    : StateSet.decided(Decision.CONFIRM).mask());
            case Response.Done done -> done.states().mask() & switch (line.request()) {
                case Request.Begin begin -> KNOWN.mask();
                case Request.Decide decide -> StateSet.decided(decide.decision()).mask();
                case Request.Settle settle -> StateSet.of(GidState.SETTLED_BY_HAND).mask();
                case Request.Query query -> 0;
            };
        };
    }

    private static boolean isBegun(List<Told> lines) {
        return lines.stream().anyMatch(line -> proves(line, KNOWN));
    }

    private static boolean isSettled(List<Told> lines) {
        return lines.stream().anyMatch(line -> proves(line, StateSet.of(GidState.SETTLED_BY_HAND)));
    }

    /** The decision that some response proves; null if none does. */
    private static @Nullable Decision decision(List<Told> lines) {
        for (Told line : lines) {
            for (Decision decision : Decision.values()) {
                if (proves(line, StateSet.decided(decision))) {
                    return decision;
                }
            }
        }
        return null;
    }

    private static Decision other(Decision decision) {
        return decision == Decision.CONFIRM ? Decision.CANCEL : Decision.CONFIRM;
    }

    private static GidState flipped(Told line) {
        return proves(line, StateSet.of(GidState.CONFIRMED))
                ? GidState.CANCELLED
                : proves(line, StateSet.of(GidState.CANCELLED))
                        ? GidState.CONFIRMED
                        : proves(line, StateSet.decided(Decision.CONFIRM)) ? GidState.CANCELLING : GidState.CONFIRMING;
    }

    /** When the last response came, or the last request was sent. */
    private static long end(List<Told> lines) {
        return lines.stream().mapToLong(line -> line.isAnswered() ? line.to() : line.from()).max().orElse(0);
    }

    private static List<Told> later(List<Told> legal, Request<?> request, Response response) {
        List<Told> changed = new ArrayList<>(legal);
        changed.add(new Told(request, response, end(legal) + 1, end(legal) + 2));
        return changed;
    }

    private static List<Told> without(List<Told> lines, Predicate<Told> dropped) {
        return lines.stream().filter(dropped.negate()).toList();
    }

    private static List<Told> replaced(List<Told> lines, Told victim, Told by) {
        List<Told> changed = new ArrayList<>(lines);
        changed.set(lines.indexOf(victim), by);
        changed.sort(Comparator.comparingLong(Told::from));
        return changed;
    }

    private static <T> T pick(List<T> from, RandomGenerator random) {
        return from.get(random.nextInt(from.size()));
    }
}
