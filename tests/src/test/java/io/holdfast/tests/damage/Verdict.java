package io.holdfast.tests.damage;

import java.util.Map;

/** What came of a damage. {@code why} says what is wrong, if anything is. */
record Verdict(Kind kind, String why) {

    enum Kind {
        /** Every answer is as it was. */
        EQUAL,
        /** The start was refused, and the file named. */
        REFUSED,
        /** Some questions were answered by an error that names the file, the others as before. */
        FOUND_WHEN_READ,
        /** The engine stopped by itself and named the file. */
        STOPPED,
        /** Something that was never acknowledged was cut off; the rest is as it was. */
        CUT,
        /** Anything else. */
        WRONG
    }

    /** Compares what is said with what the whole directory says. */
    static Verdict of(Answers whole, Answers now, String file) {
        if (!now.stopped().isEmpty()) {
            return now.stopped().contains(file)
                    ? new Verdict(Kind.STOPPED, "")
                    : new Verdict(Kind.WRONG, "it stops and does not name the file: " + now.stopped());
        }
        boolean isCut = now.cutBytes() > whole.cutBytes();
        if (!isCut && !now.stateHash().equals(whole.stateHash())) {
            return new Verdict(Kind.WRONG, "another state");
        }
        boolean isNamed = false;
        for (Map.Entry<String, String> answer : whole.said().entrySet()) {
            String question = answer.getKey();
            if (answer.getValue().equals(now.said().get(question))) {
                continue;
            }
            String error = now.errorFor(question);
            if (!error.contains(file)) {
                return new Verdict(Kind.WRONG, question + " was answered " + now.said().get(question) + " (" + error
                        + ") instead of " + answer.getValue());
            }
            isNamed = true;
        }
        return new Verdict(isNamed ? Kind.FOUND_WHEN_READ : isCut ? Kind.CUT : Kind.EQUAL, "");
    }
}
