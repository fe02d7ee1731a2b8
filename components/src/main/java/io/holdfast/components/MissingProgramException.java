package io.holdfast.components;

/** A program of others is not on this machine. */
public final class MissingProgramException extends Exception {
    private final String what;

    /** @param what is missing, as it stands in a sentence: {@code mariadbd} */
    public MissingProgramException(String what) {
        super(what + " is not on this machine: run scripts/components.sh, which installs or unpacks it");
        this.what = what;
    }

    /** What is missing, as it stands in a sentence. */
    public String what() {
        return what;
    }
}
