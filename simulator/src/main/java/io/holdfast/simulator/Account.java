package io.holdfast.simulator;

/** Money or stock at one participant: what is there, what is held, what is gone. Their sum never changes. */
final class Account {

    private long held;
    private long gone;

    void hold(long amount) {
        held += amount;
    }

    void release(long amount) {
        held -= amount;
        Violation.unless(held >= 0, "G5 more is given back than was held");
    }

    /** What was held is gone for good. */
    void take(long amount) {
        release(amount);
        gone += amount;
    }

    /** What was gone comes back. */
    void giveBack(long amount) {
        gone -= amount;
        Violation.unless(gone >= 0, "G5 more is given back than was taken");
    }

    long held() {
        return held;
    }

    long gone() {
        return gone;
    }
}
