package io.holdfast.examples.participant;

import io.holdfast.fence.FenceResult;

/** What a participant answers. */
sealed interface Answer {
    /**
     * Done, now or before.
     *
     * @param how what the fence did
     */
    record Success(String how) implements Answer {}

    /**
     * Definitely not done, and never will be.
     *
     * @param reason a code
     */
    record Failure(String reason) implements Answer {}

    /** Not done yet: ask again. */
    record Ongoing() implements Answer {}

    /**
     * Nobody knows.
     *
     * @param message for people
     */
    record Unknown(String message) implements Answer {}

    /** Nothing: the connection is cut. */
    record Cut() implements Answer {}

    /** What a participant answers when its fence has come to this result. */
    static Answer of(FenceResult result) {
        return switch (result) {
            case RAN -> new Success("done");
            case ALREADY_DONE -> new Success("already done");
            case EMPTY -> new Success("nothing to undo");
            case REFUSED -> new Failure("refused_after_cancel");
            case NOT_TRIED -> new Unknown("confirm without a try");
            case CONFLICT -> new Unknown("decided the other way before");
        };
    }
}
