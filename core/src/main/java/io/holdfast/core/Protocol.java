package io.holdfast.core;

import io.holdfast.api.Mode;

/** What a mode asks for next. One small implementation per mode, over the same transaction and branch records. */
interface Protocol {

    /**
     * Asks for whatever the state allows now, and finishes the transaction once nothing is left. Called after every change;
     * does nothing if there is nothing to do.
     */
    void advance(Draft draft);

    static Protocol of(Mode mode) {
        return switch (mode) {
            case TCC -> Tcc.PROTOCOL;
            case SAGA -> Saga.PROTOCOL;
        };
    }
}
