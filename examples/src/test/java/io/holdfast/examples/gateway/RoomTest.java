package io.holdfast.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoomTest {
    private final Room room = new Room();

    @Test
    void nobodyEntersAFullRoom() {
        assertThat(enterAll()).isEqualTo(Room.FIRST);

        room.leaveUnused();

        assertThat(enterAll()).isEqualTo(1);
    }

    @Test
    void answersInTimeLetItGrowUpToABound() {
        for (int i = 0; i < Room.MOST; i++) {
            assertThat(room.tryEnter()).isTrue();
            room.leave(Room.IN_TIME_NANOS);
        }

        assertThat(enterAll()).isEqualTo(Room.MOST);
    }

    @Test
    void lateAnswersShrinkItDownToABound() {
        int entered = enterAll();
        for (int i = 0; i < entered; i++) {
            room.leave(Room.IN_TIME_NANOS + 1);
        }

        assertThat(enterAll()).isEqualTo(Room.LEAST);
    }

    private int enterAll() {
        int entered = 0;
        while (room.tryEnter()) {
            entered++;
        }
        return entered;
    }
}
