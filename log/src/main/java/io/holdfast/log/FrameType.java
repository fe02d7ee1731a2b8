package io.holdfast.log;

import org.jspecify.annotations.Nullable;

/** What a frame is. The codes are stored: never change or reuse one. */
enum FrameType {
    /** An entry of the engine. */
    DATA(1),
    /** A clean stop: nothing that follows may be cut. */
    CLOSED(2),
    /**
     * Goes on after a clean stop. It fills one block, which the disk writes as a whole, so behind CLOSED there is either nothing
     * or a complete OPENED; without it the first entry after a clean stop could not be told from damage if a crash tore it.
     */
    OPENED(3);

    final int code;

    FrameType(int code) {
        this.code = code;
    }

    static @Nullable FrameType of(int code) {
        for (FrameType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
