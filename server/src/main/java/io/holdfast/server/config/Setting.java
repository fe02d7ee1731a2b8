package io.holdfast.server.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The keys of a configuration file. */
public enum Setting {
    DATA("data"),
    LISTEN("listen"),
    PORT("port"),
    ALLOW("allow"),
    TOKEN("token"),
    TOKEN_FILE("tokenFile"),
    TLS_CERTIFICATE("tls.certificate"),
    TLS_KEY("tls.key"),
    INSECURE("insecure"),
    DRAIN_MILLIS("drainMillis"),
    MAX_UNFINISHED("limits.maxUnfinished"),
    MAX_LIVE_BYTES("limits.maxLiveBytes"),
    MAX_BRANCHES("limits.maxBranches"),
    MAX_FINISHED("limits.maxFinished"),
    MAX_REQUEST_BYTES("limits.maxRequestBytes"),
    RETENTION_CONFIRMED_MILLIS("retention.confirmedMillis"),
    RETENTION_CANCELLED_MILLIS("retention.cancelledMillis"),
    RETENTION_SETTLED_MILLIS("retention.settledMillis"),
    MIN_FREE_BYTES("store.minFreeBytes"),
    CUT_BYTES("store.cutBytes"),
    BACKUP_DIRECTORY("backup.directory"),
    CLUSTER_NODE("cluster.node"),
    CLUSTER_MEMBERS("cluster.members"),
    CLUSTER_TLS_CERTIFICATE("cluster.tls.certificate"),
    CLUSTER_TLS_KEY("cluster.tls.key"),
    CLUSTER_TLS_CA("cluster.tls.ca"),
    WORKERS_REQUIRED("workers.required"),
    WORKERS_LOCAL_LEAST("workers.local.least"),
    WORKERS_LOCAL_SLOTS("workers.local.slots"),
    WORKERS_LOCAL_MOST("workers.local.most");

    private static final int SUGGESTIONS = 3;

    private final String key;

    Setting(String key) {
        this.key = key;
    }

    /** The key as written in the file, with dots between levels. */
    public String key() {
        return key;
    }

    static Setting of(String key) {
        return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst()
                .orElseThrow(() -> new ConfigException(
                        "unknown key " + key + "; the nearest valid keys are " + String.join(", ", nearest(key))));
    }

    private static List<String> nearest(String unknown) {
        return Arrays.stream(values()).map(Setting::key)
                .sorted(Comparator.comparingInt(key -> distance(unknown, key))).limit(SUGGESTIONS).toList();
    }

    /** Levenshtein's distance; a key that differs only in its level counts as near. */
    private static int distance(String unknown, String key) {
        return Math.min(edits(unknown, key), edits(unknown, key.substring(key.indexOf('.') + 1)) + 1);
    }

    private static int edits(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int substituted = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[right.length()];
    }
}
