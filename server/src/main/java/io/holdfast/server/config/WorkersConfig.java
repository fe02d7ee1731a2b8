package io.holdfast.server.config;

/**
 * Who makes the calls to participants. Immutable and valid.
 *
 * @param required whether calls wait for a worker; otherwise the server makes them itself while there is none
 * @param leastLocal how many workers the server starts as processes of its own
 * @param mostLocal  up to how many, if there is much to call; 0 for none
 * @param localSlots how many calls one of them makes at the same time
 */
public record WorkersConfig(boolean required, int leastLocal, int mostLocal, int localSlots) {

    static final int DEFAULT_SLOTS = 64;
    /** The server makes calls itself, as long as no worker comes. */
    public static final WorkersConfig NONE = new WorkersConfig(false, 0, 0, DEFAULT_SLOTS);
    private static final int MOST = 64;
    private static final int MOST_SLOTS = 4_096;

    public WorkersConfig {
        if (mostLocal < 0 || mostLocal > MOST) {
            throw ConfigException.of(Setting.WORKERS_LOCAL_MOST.key(), mostLocal, "0 (none) to " + MOST);
        }
        if (mostLocal > 0 && leastLocal == 0 && !required) {
            throw ConfigException.of(Setting.WORKERS_LOCAL_LEAST.key(), leastLocal, "at least 1 unless "
                    + Setting.WORKERS_REQUIRED.key()
                    + " is set: without a worker the server makes the calls itself, and none"
                    + " would ever be started");
        }
        if (localSlots < 1 || localSlots > MOST_SLOTS) {
            throw ConfigException.of(Setting.WORKERS_LOCAL_SLOTS.key(), localSlots, "1 to " + MOST_SLOTS);
        }
        if (leastLocal < 0 || leastLocal > mostLocal) {
            throw ConfigException.of(Setting.WORKERS_LOCAL_LEAST.key(), leastLocal,
                    "0 to " + Setting.WORKERS_LOCAL_MOST.key() + ", which is " + mostLocal);
        }
    }

    /** Whether the server starts workers. */
    public boolean startsLocal() {
        return mostLocal > 0;
    }
}
