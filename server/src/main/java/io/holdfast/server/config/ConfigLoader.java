package io.holdfast.server.config;

import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.engine.Retention;
import io.holdfast.server.participant.AllowList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts a configuration together: options of the command line win over the file, the file wins over defaults. */
public final class ConfigLoader {

    /** With fewer a begin under load would hardly ever look at the archive in time. */
    private static final int LEAST_MAX_FINISHED = 10_000;

    /** Below it cuts would follow each other without a pause. */
    private static final long LEAST_CUT_BYTES = 64 << 10;
    /** A quarter of the log: what a cut replaces, what comes while it is written, and the reserve have to fit. */
    private static final long MOST_CUT_BYTES = 1L << 30;

    private final Map<Setting, List<String>> settings = new EnumMap<>(Setting.class);

    private ConfigLoader(Map<Setting, List<String>> file, Map<Setting, List<String>> options) {
        settings.putAll(file);
        settings.putAll(options);
        // A token given one way must not be mixed up with one given the other way.
        if (options.containsKey(Setting.TOKEN) != options.containsKey(Setting.TOKEN_FILE)) {
            settings.remove(options.containsKey(Setting.TOKEN) ? Setting.TOKEN_FILE : Setting.TOKEN);
        }
    }

    /**
     * @param file    YAML; null for none
     * @param options by setting, in the same form as in the file
     * @throws ConfigException if anything is wrong
     */
    public static ServerConfig load(@Nullable Path file, Map<Setting, List<String>> options) {
        return new ConfigLoader(file == null ? Map.of() : ConfigFile.read(file), options).build();
    }

    private ServerConfig build() {
        return new ServerConfig(Path.of(text(Setting.DATA, "./data")), text(Setting.LISTEN, "127.0.0.1"),
                (int) number(Setting.PORT, ServerConfig.DEFAULT_PORT, 0, 65_535),
                settings.getOrDefault(Setting.ALLOW, AllowList.LOOPBACK), token(), tls(), flag(Setting.INSECURE),
                limits(), cuts(),
                (int) number(Setting.MAX_REQUEST_BYTES, ServerConfig.DEFAULT_MAX_REQUEST_BYTES,
                        ServerConfig.LEAST_MAX_REQUEST_BYTES, ServerConfig.MOST_MAX_REQUEST_BYTES),
                (int) number(Setting.DRAIN_MILLIS, ServerConfig.DEFAULT_DRAIN_MILLIS, 0,
                        ServerConfig.MOST_DRAIN_MILLIS),
                settings.containsKey(Setting.BACKUP_DIRECTORY) ? Path.of(text(Setting.BACKUP_DIRECTORY, "")) : null,
                cluster(), workers());
    }

    private @Nullable ClusterConfig cluster() {
        List<String> members = settings.get(Setting.CLUSTER_MEMBERS);
        if (members == null && clusterTls() != null) {
            throw new ConfigException("cluster.tls is for the nodes of a group, and there is no cluster.members");
        }
        if ((members == null) != !settings.containsKey(Setting.CLUSTER_NODE)) {
            throw new ConfigException("cluster.node and cluster.members belong together; allowed: both or none");
        }
        return members == null
                ? null
                : new ClusterConfig(text(Setting.CLUSTER_NODE, ""),
                        members.stream().map(ClusterConfig.Member::parse).toList(), clusterTls());
    }

    private ClusterConfig.@Nullable Tls clusterTls() {
        List<Setting> all = List.of(Setting.CLUSTER_TLS_CERTIFICATE, Setting.CLUSTER_TLS_KEY, Setting.CLUSTER_TLS_CA);
        if (all.stream().noneMatch(settings::containsKey)) {
            return null;
        }
        if (!settings.keySet().containsAll(all)) {
            throw new ConfigException("cluster.tls.certificate, cluster.tls.key and cluster.tls.ca belong together;"
                    + " allowed: all or none");
        }
        return new ClusterConfig.Tls(Path.of(text(Setting.CLUSTER_TLS_CERTIFICATE, "")),
                Path.of(text(Setting.CLUSTER_TLS_KEY, "")), Path.of(text(Setting.CLUSTER_TLS_CA, "")));
    }

    private WorkersConfig workers() {
        return new WorkersConfig(flag(Setting.WORKERS_REQUIRED), (int) number(Setting.WORKERS_LOCAL_LEAST, 0, 0, 1_000),
                (int) number(Setting.WORKERS_LOCAL_MOST, 0, 0, 1_000),
                (int) number(Setting.WORKERS_LOCAL_SLOTS, WorkersConfig.DEFAULT_SLOTS, 1, 1_000_000));
    }

    private Limits limits() {
        Limits defaults = Limits.DEFAULT;
        return new Limits((int) number(Setting.MAX_UNFINISHED, defaults.maxUnfinished(), 1, 100_000_000),
                number(Setting.MAX_LIVE_BYTES, Math.min(defaults.maxLiveBytes(), halfOfTheHeap()), 1 << 20, 1L << 44),
                (int) number(Setting.MAX_BRANCHES, defaults.maxBranches(), 1, 100_000),
                (int) number(Setting.MAX_FINISHED, defaults.maxFinished(), LEAST_MAX_FINISHED, 100_000_000));
    }

    private CutOptions cuts() {
        CutOptions defaults = CutOptions.DEFAULT;
        Retention retention = defaults.retention();
        return new CutOptions(number(Setting.CUT_BYTES, defaults.cutBytes(), LEAST_CUT_BYTES, MOST_CUT_BYTES),
                defaults.cutEntries(), defaults.cutTransactions(), defaults.maxBacklog(),
                new Retention(
                        number(Setting.RETENTION_CONFIRMED_MILLIS, retention.confirmedMillis(), 0, Long.MAX_VALUE),
                        number(Setting.RETENTION_CANCELLED_MILLIS, retention.cancelledMillis(), 0, Long.MAX_VALUE),
                        number(Setting.RETENTION_SETTLED_MILLIS, retention.settledMillis(), 0, Long.MAX_VALUE)),
                number(Setting.MIN_FREE_BYTES, defaults.minFreeBytes(), 0, Long.MAX_VALUE));
    }

    /** State lives in the heap: a bound above that would never be reached. */
    private static long halfOfTheHeap() {
        return Runtime.getRuntime().maxMemory() / 2;
    }

    private @Nullable AccessToken token() {
        if (settings.containsKey(Setting.TOKEN) && settings.containsKey(Setting.TOKEN_FILE)) {
            throw new ConfigException("token and tokenFile are both given; allowed: one of them");
        }
        if (settings.containsKey(Setting.TOKEN)) {
            return new AccessToken(text(Setting.TOKEN, ""));
        }
        if (!settings.containsKey(Setting.TOKEN_FILE)) {
            return null;
        }
        Path file = Path.of(text(Setting.TOKEN_FILE, ""));
        try {
            return new AccessToken(Files.readString(file).strip());
        } catch (IOException e) {
            throw ConfigException.of(Setting.TOKEN_FILE.key(), file, "a readable file (" + e + ")");
        }
    }

    private ServerConfig.@Nullable Tls tls() {
        boolean certificate = settings.containsKey(Setting.TLS_CERTIFICATE);
        if (certificate != settings.containsKey(Setting.TLS_KEY)) {
            throw new ConfigException("tls.certificate and tls.key belong together; allowed: both or none");
        }
        return certificate
                ? new ServerConfig.Tls(Path.of(text(Setting.TLS_CERTIFICATE, "")), Path.of(text(Setting.TLS_KEY, "")))
                : null;
    }

    private boolean flag(Setting setting) {
        String value = text(setting, "false");
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ConfigException.of(setting.key(), value, "true, false");
        };
    }

    private String text(Setting setting, String defaultValue) {
        List<String> values = settings.get(setting);
        if (values == null) {
            return defaultValue;
        }
        if (values.size() != 1 || values.getFirst().isBlank()) {
            throw ConfigException.of(setting.key(), setting == Setting.TOKEN ? "(hidden)" : values, "one value");
        }
        return values.getFirst();
    }

    private long number(Setting setting, long defaultValue, long least, long most) {
        String value = text(setting, Long.toString(defaultValue));
        try {
            long number = Long.parseLong(value.replace("_", ""));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, in the same words as a number out of range.
        }
        throw ConfigException.of(setting.key(), value, "a whole number from " + least + " to " + most);
    }
}
