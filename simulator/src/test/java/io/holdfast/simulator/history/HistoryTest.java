package io.holdfast.simulator.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.State;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private final History history = new History();

    @Test
    void gidsAreInTheirOrderAsStringsWhateverWasAskedFirst() {
        history.invoke("b", Told.QUERY, 0);
        history.invoke("a", Told.QUERY, 1);
        history.invoke("c", Told.QUERY, 2);
        history.invoke("b", Told.QUERY, 3);
        assertThat(history.gids()).containsExactly("a", "b", "c");
        assertThat(history.of("b")).extracting(Exchange::number).containsExactly(1, 2);
        assertThat(history.of("d")).isEmpty();
        assertThat(history.size()).isEqualTo(4);
    }

    @Test
    void aResponseComesOnceAndNotBeforeItsRequest() {
        Exchange<Response.ToQuery> query = history.invoke("a", Told.QUERY, 5);
        assertThatThrownBy(() -> history.complete(query, Told.NOT_FOUND, 4))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("#1 [5, open] query: no response");
        history.complete(query, Told.NOT_FOUND, 5);
        assertThatThrownBy(() -> history.complete(query, Told.NOT_FOUND, 6)).isInstanceOf(IllegalStateException.class);
        assertThat(query).hasToString("a #1 [5, 5] query: not found");
    }

    @Test
    void oneGidHasOneMode() {
        history.invoke("a", Told.BEGIN, 0);
        history.invoke("a", Told.BEGIN, 1);
        assertThatThrownBy(() -> history.invoke("a", Told.BEGIN_SAGA, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThat(history.size()).isEqualTo(2);
    }

    @Test
    void everyStateOfATransactionHasItsPlace() {
        for (State state : State.values()) {
            GidState place = GidState.of(state);
            assertThat(place == GidState.OPEN).as("%s", state).isEqualTo(state.isUndecided());
            assertThat(StateSet.of(GidState.CONFIRMED, GidState.CANCELLED, GidState.SETTLED_BY_HAND).contains(place))
                    .as("%s", state).isEqualTo(state.isFinished());
        }
    }

    @Test
    void statesAreNamedInTheirOrder() {
        assertThat(StateSet.of(GidState.CONFIRMED, GidState.OPEN)).hasToString("OPEN or CONFIRMED");
        assertThat(StateSet.ALL).hasToString("any state");
        assertThat(StateSet.of()).hasToString("no state");
        assertThatThrownBy(() -> new StateSet(1 << GidState.values().length))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
