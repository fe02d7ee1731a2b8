package io.holdfast.server.backup;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.api.ErrorCode;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.Traffic;
import io.holdfast.server.ops.ServerMetrics;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/backups/NAME} begins a backup, {@code GET} tells how it stands. The name is all that a caller chooses: where
 * backups go is the server's configuration.
 */
public final class BackupEndpoints implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final String ALLOWED_NAME = "1 to 100 of A-Z a-z 0-9 . _ -, the first a letter or digit, not ending with "
            + Backup.INCOMPLETE;

    private final ServerConfig config;
    private volatile @Nullable Backups backups;

    public BackupEndpoints(ServerConfig config) {
        this.config = config;
    }

    public void bind(ServerBuilder server, Traffic traffic, ServerMetrics metrics) {
        server.service(Route.builder().path("/api/v1/backups/{name}").methods(HttpMethod.POST).build(),
                metrics.measured("backup_begin", (context, request) -> onWorker(context, this::begin))
                        .decorate(traffic));
        server.service(Route.builder().path("/api/v1/backups/{name}").methods(HttpMethod.GET).build(),
                metrics.measured("backup_state", (context, request) -> onWorker(context, this::state))
                        .decorate(traffic));
    }

    /** From now on backups can be taken, if a directory for them is configured. */
    public void offer(BackupSource source) {
        Path directory = config.backups();
        if (directory != null) {
            backups = new Backups(directory.toAbsolutePath().normalize(), source, config.data(), config.cuts()
                    .minFreeBytes());
        }
    }

    private static HttpResponse onWorker(ServiceRequestContext context,
            Function<String, AggregatedHttpResponse> handler) {
        String name = String.valueOf(context.pathParam("name"));
        return HttpResponse.of(CompletableFuture.supplyAsync(() -> handler.apply(name).toHttpResponse(),
                context.blockingTaskExecutor()));
    }

    private AggregatedHttpResponse begin(String name) {
        Backups to = backups;
        if (config.backups() == null) {
            return Answers.error(HttpStatus.CONFLICT, "backups_off",
                    "this server does not say where backups go: start it with --backups DIR, or set backup.directory",
                    null);
        }
        if (to == null) {
            return Answers.error(HttpStatus.SERVICE_UNAVAILABLE, "starting", "the log is still being read: ask again",
                    null);
        }
        if (!NAME.matcher(name).matches() || name.endsWith(Backup.INCOMPLETE)) {
            return Answers.error(ErrorCode.INVALID, "this is no name for a backup", ALLOWED_NAME);
        }
        try {
            Backup begun = to.begin(name);
            return begun == null
                    ? Answers.error(HttpStatus.CONFLICT, "backup_exists", "there is a backup " + name + " already",
                            null)
                    : answer(HttpStatus.ACCEPTED, begun);
        } catch (BackupException e) {
            return Answers.error(HttpStatus.CONFLICT, "backup_refused", String.valueOf(e.getMessage()), null);
        }
    }

    private AggregatedHttpResponse state(String name) {
        Backups from = backups;
        Backup found = from == null ? null : from.find(name);
        return found == null
                ? Answers.error(ErrorCode.NOT_FOUND,
                        "the last backup that this process began is another, or there was none",
                        null)
                : answer(HttpStatus.OK, found);
    }

    private static AggregatedHttpResponse answer(HttpStatus status, Backup backup) {
        return Answers.json(status, Answers.object().put("state", backup.phase().name().toLowerCase(Locale.ROOT))
                .put("directory", backup.directory().toString()).put("cut", backup.cut())
                .put("bytes", backup.bytes()).put("copiedBytes", backup.copiedBytes())
                .put("message", backup.failure()));
    }

    @Override
    public void close() {
        Backups open = backups;
        if (open != null) {
            open.close();
        }
    }
}
