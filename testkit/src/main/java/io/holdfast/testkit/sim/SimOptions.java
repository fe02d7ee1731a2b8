package io.holdfast.testkit.sim;

/**
 * What one run does.
 *
 * @param transactions     started at random times
 * @param spreadMillis     within this time
 * @param crashes          at most so many crashes at random disk operations
 * @param crashAtOperation the disk operation of the first process to crash in; 0 for random ones
 * @param participantFaults whether calls are lost, doubled, late and answered with nonsense
 * @param operators        whether operators pause, resume, retry and settle
 */
public record SimOptions(int transactions, int spreadMillis, int crashes, long crashAtOperation,
        boolean participantFaults,
        boolean operators) {

    /** The default of the seeds. */
    public static SimOptions swarm(int transactions) {
        return new SimOptions(transactions, 20_000, 6, 0, true, true);
    }

    /** A script that crashes in one given operation. */
    public static SimOptions script(int transactions, long crashAtOperation) {
        return new SimOptions(transactions, 5_000, 0, crashAtOperation, false, false);
    }
}
