package io.holdfast.simulator;

import java.util.List;

/**
 * What one run did.
 *
 * @param nodes          how many there were
 * @param workers        how many there were; 0 for none
 * @param lives          of processes that ended before the end
 * @param diskFailures   lives that ended by a failed disk
 * @param elections      times a node took the lead
 * @param installed      cuts of a leader from which a node started anew
 * @param entries        durable at the end
 * @param calls          to participants
 * @param given          calls that were given to workers
 * @param handedBack     of these, those that they handed back, and those that did not come to be sent
 * @param givenUp        of these, those that no worker answered in time
 * @param cuts           that became durable
 * @param diskOperations of the process that ran first, until it stopped or crashed
 * @param faults         that happened, by kind, in the order of {@link Fault}
 * @param story          line by line, if it was kept
 */
public record SimReport(long seed, int nodes, int workers, int confirmed, int cancelled, int settled, int lives,
        int diskFailures,
        int elections, int installed, long entries, long calls, long given, long handedBack, long givenUp,
        long virtualMillis, long diskOperations, int cuts,
        List<Integer> faults, List<String> story) {

    /** How many faults happened. */
    public int struck() {
        return faults.stream().mapToInt(Integer::intValue).sum();
    }
}
