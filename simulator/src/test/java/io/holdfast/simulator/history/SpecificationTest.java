package io.holdfast.simulator.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Event;
import io.holdfast.core.Transitions;
import io.holdfast.simulator.history.Response.Effect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the search takes for granted, for every request with every response in every state. */
class SpecificationTest {

    private record Case(Request<?> request, Response response, int[] effects, int[] unanswered) {}

    @ParameterizedTest
    @EnumSource
    void noStepLeadsBack(Mode mode) {
        Specification specification = new Specification(mode);
        for (GidState from : GidState.values()) {
            assertThat(reachable(specification, from) & below(from)).as("%s", from).isZero();
            for (Case each : cases(specification)) {
                assertThat(each.effects[from.ordinal()] & below(from)).as("%s in %s", each, from).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatLeavesAStateAsItIsLeavesAllLaterOnesToo(Mode mode) {
        Specification specification = new Specification(mode);
        int found = 0;
        for (Case each : cases(specification)) {
            for (GidState from : GidState.values()) {
                int self = Specification.bit(from);
                if ((each.effects[from.ordinal()] & self) != 0) {
                    found++;
                    assertThat(each.effects[from.ordinal()]).as("%s in %s", each, from).isEqualTo(self);
                    for (GidState later : GidState.values()) {
                        if ((reachable(specification, from) & Specification.bit(later)) != 0) {
                            assertThat(each.effects[later.ordinal()] & ~Specification.bit(later))
                                    .as("%s in %s after %s", each, later, from).isZero();
                        }
                    }
                }
            }
        }
        assertThat(found).isGreaterThan(1_000);
    }

    /** Else a history could be legal and one of its beginnings illegal, and the first response without a place be a wrong one. */
    @ParameterizedTest
    @EnumSource
    void whatAnAnsweredRequestDidAnUnansweredOneMayHaveDone(Mode mode) {
        for (Case each : cases(new Specification(mode))) {
            for (GidState from : GidState.values()) {
                int changed = each.effects[from.ordinal()] & ~Specification.bit(from);
                assertThat(changed & ~each.unanswered[from.ordinal()]).as("%s in %s", each, from).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCoreMovesByItselfAlongJustTheseSteps(Mode mode) {
        Specification specification = new Specification(mode);
        for (GidState from : statesOf(specification)) {
            int byTable = 0;
            for (Transitions.Row row : Transitions.rows()) {
                if (row.mode() == mode && GidState.of(row.from()) == from && isOwn(row.event())) {
                    byTable |= Specification.bit(GidState.of(row.to()));
                }
            }
            assertThat(new StateSet(specification.hidden(from))).as("%s", from).isEqualTo(new StateSet(byTable));
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestsLeadWhereTheCoreSays(Mode mode) {
        Specification specification = new Specification(mode);
        for (Request<?> request : List.of(Told.CONFIRM, Told.CANCEL, Told.SETTLE)) {
            int[] effects = unanswered(specification, request);
            for (GidState from : statesOf(specification)) {
                int byTable = 0;
                for (Transitions.Row row : Transitions.rows()) {
                    if (row.mode() == mode && GidState.of(row.from()) == from && row.event() == eventOf(request)) {
                        byTable |= Specification.bit(GidState.of(row.to())) | endAtOnce(mode, row.to());
                    }
                }
                assertThat(new StateSet(effects[from.ordinal()])).as("%s in %s", request, from)
                        .isEqualTo(new StateSet(byTable));
            }
        }
    }

    /** What has nothing to call ends with the command that decided it. */
    private static int endAtOnce(Mode mode, State from) {
        State confirmed = Transitions.next(mode, from, Event.FORWARD_DONE);
        State cancelled = Transitions.next(mode, from, Event.BACKWARD_DONE);
        return (confirmed == null ? 0 : Specification.bit(GidState.of(confirmed)))
                | (cancelled == null ? 0 : Specification.bit(GidState.of(cancelled)));
    }

    private static boolean isOwn(Event event) {
        return switch (event) {
            case DEADLINE_PASSED, ACTION_FAILED, RETRIES_EXHAUSTED, FORWARD_DONE, BACKWARD_DONE -> true;
            case CONFIRM_DECIDED, CANCEL_DECIDED, SETTLED -> false;
        };
    }

    private static Event eventOf(Request<?> request) {
        return request.equals(Told.CONFIRM)
                ? Event.CONFIRM_DECIDED
                : request.equals(Told.CANCEL) ? Event.CANCEL_DECIDED : Event.SETTLED;
    }

    private static int below(GidState state) {
        return Specification.bit(state) - 1;
    }

    /** Those that a transaction can ever be in: a Saga is never CONFIRMING. */
    private static List<GidState> statesOf(Specification specification) {
        StateSet states = new StateSet(reachable(specification, GidState.ABSENT));
        List<GidState> all = Arrays.stream(GidState.values()).filter(states::contains).toList();
        assertThat(all).hasSizeGreaterThanOrEqualTo(GidState.values().length - 1);
        return all;
    }

    /** By any steps, whoever takes them. */
    private static int reachable(Specification specification, GidState from) {
        int reached = Specification.bit(from);
        for (GidState state : GidState.values()) {
            if ((reached & Specification.bit(state)) != 0) {
                reached |= specification.hidden(state);
                for (Request<?> request : requests()) {
                    reached |= unanswered(specification, request)[state.ordinal()];
                }
            }
        }
        return reached;
    }

    private static List<Request<?>> requests() {
        return List.of(Told.BEGIN, Told.CONFIRM, Told.CANCEL, Told.SETTLE, Told.QUERY);
    }

    private static <R extends Response> int[] unanswered(Specification specification, Request<R> request) {
        return specification.effects(request, null);
    }

    private static List<Case> cases(Specification specification) {
        List<Case> cases = new ArrayList<>();
        for (int mask = 0; mask <= StateSet.ALL.mask(); mask++) {
            StateSet states = new StateSet(mask);
            Response.Refused refused = new Response.Refused(states);
            for (Effect effect : Effect.values()) {
                Response.Done done = new Response.Done(states, effect);
                add(cases, specification, Told.BEGIN, done);
                add(cases, specification, Told.CONFIRM, done);
                add(cases, specification, Told.CANCEL, done);
                add(cases, specification, Told.SETTLE, done);
            }
            add(cases, specification, Told.BEGIN, refused);
            add(cases, specification, Told.CONFIRM, refused);
            add(cases, specification, Told.SETTLE, refused);
            add(cases, specification, Told.QUERY, refused);
            add(cases, specification, Told.CONFIRM, new Response.Conflict(states));
            add(cases, specification, Told.CANCEL, new Response.Conflict(states));
            add(cases, specification, Told.QUERY, new Response.Saw(states));
        }
        add(cases, specification, Told.CONFIRM, Told.NOT_FOUND);
        add(cases, specification, Told.SETTLE, Told.NOT_FOUND);
        add(cases, specification, Told.QUERY, Told.NOT_FOUND);
        return cases;
    }

    private static <R extends Response> void add(List<Case> cases, Specification specification, Request<R> request,
            R response) {
        cases.add(new Case(request, response, specification.effects(request, response),
                specification.effects(request, null)));
    }
}
