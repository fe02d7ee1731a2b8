package io.holdfast.tests.faults;

/** What happens to one node, to the network or to clients, for a while; then it is over. */
sealed interface Fault {

    /** Whom it strikes, as the group is at that moment. */
    enum Role {
        LEADER, FOLLOWER
    }

    /** SIGKILL, and a start after a while. */
    record Killed(Role role, long millis) implements Fault {}

    /** SIGSTOP, and SIGCONT after a while. */
    record Stopped(Role role, long millis) implements Fault {}

    /** No packet between the node and the others, nor between it and clients if so said. */
    record CutOff(Role role, boolean alsoFromClients, long millis) implements Fault {}

    /** It hears no other node; they hear it. */
    record Deaf(Role role, long millis) implements Fault {}

    /** No other node hears it; it hears them. */
    record Mute(Role role, long millis) implements Fault {}

    /** Of a hundred packets so many are lost, at every node. */
    record Lossy(int percent, long millis) implements Fault {}

    /** Every sync takes so much longer. */
    record SlowDisk(Role role, long syncMillis, long millis) implements Fault {}

    /** The one node with a disk that can be filled has no byte left on it, whoever leads. */
    record FullDisk(long millis) implements Fault {}

    /** SIGKILL between a write to the log and its sync, of which then only a part is there. */
    record TornLog(Role role) implements Fault {}

    /** SIGKILL, and a start with an empty disk. */
    record Emptied(Role role) implements Fault {}

    /** Its wall clock goes so much later, or earlier, and back. */
    record ClockMoved(Role role, long seconds, long millis) implements Fault {}

    /** Half of the clients are killed; others take their place. */
    record ClientKilled() implements Fault {}

    /** SIGSTOP for half of the clients. */
    record ClientStopped(long millis) implements Fault {}

    /** In one word, with whom it strikes. */
    default String kind() {
        return switch (this) {
            case Killed fault -> "killed-" + word(fault.role);
            case Stopped fault -> "stopped-" + word(fault.role);
            case CutOff fault -> "cut-off-" + word(fault.role) + (fault.alsoFromClients ? "-also-from-clients" : "");
            case Deaf fault -> "deaf-" + word(fault.role);
            case Mute fault -> "mute-" + word(fault.role);
            case Lossy fault -> "lossy";
            case SlowDisk fault -> "slow-disk-" + word(fault.role);
            case FullDisk fault -> "full-disk";
            case TornLog fault -> "torn-log-" + word(fault.role);
            case Emptied fault -> "emptied-" + word(fault.role);
            case ClockMoved fault -> "clock-" + (fault.seconds > 0 ? "ahead-" : "behind-") + word(fault.role);
            case ClientKilled fault -> "killed-client";
            case ClientStopped fault -> "stopped-client";
        };
    }

    private static String word(Role role) {
        return switch (role) {
            case LEADER -> "leader";
            case FOLLOWER -> "follower";
        };
    }
}
