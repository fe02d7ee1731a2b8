package io.holdfast.server.backup;

import io.holdfast.core.Command;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.codec.CommandEncoder;
import io.holdfast.engine.codec.EntryWriter;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.log.NioDisk;
import io.holdfast.server.cluster.Foundation;
import io.holdfast.server.cluster.FoundationFile;
import io.holdfast.server.data.DataDirectory;
import io.holdfast.server.data.VerifyReport;
import io.holdfast.store.RocksStore;
import io.holdfast.store.StoreCheck;
import io.holdfast.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Makes a data directory of a backup. Nothing is written before every checksum has been compared; from then until the end a
 * marker in the directory keeps servers out.
 * <p>
 * The log begins anew, with the entry after the cut: a boot with a number far beyond that of the backup. So the log is not empty,
 * which a start would refuse, and the epochs of calls are higher than any that were used after the backup was taken.
 * <p>
 * For a group there is no log, because the founders begin it together, and it may hold nothing of one node's alone. So it is the
 * store that gets the higher boot number; and last of all a file that says which backup it was, without which nobody starts there.
 */
final class Restore {

    /** More starts than a server has between a backup and its restore. */
    static final long BOOTS_SKIPPED = 1_000_000;

    private static final String STORE = "store/";
    private static final SummedFiles.Steps NO_STEPS = bytes -> {
    };

    private final Path backup;
    private final DataDirectory data;
    private final RestorePurpose purpose;
    private final VerifyReport report;
    private final Consumer<String> say;

    /** @param say takes lines for the operator */
    Restore(Path backup, DataDirectory data, RestorePurpose purpose, VerifyReport report, Consumer<String> say) {
        this.backup = backup;
        this.data = data;
        this.purpose = purpose;
        this.report = report;
        this.say = say;
    }

    void run() throws BackupException, IOException, StorageException {
        BackupManifest manifest = BackupManifest.read(backup);
        say.accept("backup of everything up to entry " + manifest.cut() + ", of "
                + Instant.ofEpochMilli(manifest.wallMillis())
                + ", with " + manifest.unfinished() + " unfinished transactions");
        long bytes = checkAll(manifest);
        say.accept(manifest.files().size() + " files, " + bytes + " bytes: every checksum is right");
        requireEmptyTarget();
        requireRoom(bytes + FileLogOptions.DEFAULT.segmentBytes());
        try {
            write(manifest);
        } catch (IOException | StorageException | BackupException e) {
            throw new BackupException("the restore failed: " + (e instanceof IOException ? e : e.getMessage())
                    + ". No server starts on what is in " + data.root() + " now: delete it", e);
        }
        warn(manifest);
    }

    private void write(BackupManifest manifest) throws IOException, StorageException, BackupException {
        Path marker = data.store().resolve(RocksStore.RESTORING);
        Files.createDirectories(data.store());
        Files.createFile(marker);
        SummedFiles.syncDirectories(data.root());
        copyAll(manifest);
        Core core = restoredCore(manifest);
        switch (purpose) {
            case SINGLE_SERVER -> {
                begin(core);
                Files.delete(marker);
            }
            case GROUP -> {
                Files.delete(marker);
                raiseBootNumber();
                new FoundationFile(data.root()).write(new Foundation(manifest.sha256(), manifest.cut()));
            }
        }
        SummedFiles.syncDirectories(data.root());
        SummedFiles.syncDirectory(data.root().resolveSibling("."));
    }

    private long checkAll(BackupManifest manifest) throws IOException, BackupException {
        long bytes = 0;
        if (manifest.files().isEmpty()) {
            throw new BackupException("the backup is damaged: it lists no files");
        }
        for (Map.Entry<String, String> file : new TreeMap<>(manifest.files()).entrySet()) {
            Path path = backup.resolve(file.getKey());
            if (!file.getKey().startsWith(STORE)) {
                throw new BackupException("the backup is damaged: it lists " + file.getKey());
            }
            if (!Files.isRegularFile(path)) {
                throw new BackupException("the backup is damaged: " + path + " is missing");
            }
            if (!SummedFiles.sum(path, NO_STEPS).equals(file.getValue())) {
                throw new BackupException("the backup is damaged: " + path + " does not match its SHA-256");
            }
            bytes += Files.size(path);
        }
        return bytes;
    }

    /** A file system that was just made has a directory for what it finds. */
    private void requireEmptyTarget() throws IOException, BackupException {
        if (!Files.exists(data.root())) {
            return;
        }
        try (Stream<Path> files = Files.list(data.root())) {
            List<String> there = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals("lost+found")).sorted().toList();
            if (!there.isEmpty()) {
                throw new BackupException(data.root() + " is not empty, it holds " + there
                        + ": restore into an empty directory, or move away what is there");
            }
        }
    }

    private void requireRoom(long bytes) throws IOException, BackupException {
        Files.createDirectories(data.root());
        long free = data.root().toFile().getUsableSpace();
        if (free < bytes) {
            throw new BackupException("no room for the data: " + bytes + " bytes are needed, the disk of " + data.root()
                    + " has " + free + " left");
        }
    }

    private void copyAll(BackupManifest manifest) throws IOException, BackupException {
        for (Map.Entry<String, String> file : new TreeMap<>(manifest.files()).entrySet()) {
            Path to = data.root().resolve(file.getKey());
            Files.createDirectories(to.resolveSibling("."));
            if (!SummedFiles.copy(backup.resolve(file.getKey()), to, NO_STEPS).equals(file.getValue())) {
                throw new BackupException(backup.resolve(file.getKey()) + " has changed while it was copied");
            }
        }
    }

    private Core restoredCore(BackupManifest manifest) throws StorageException, BackupException {
        try (StoreCheck check = new StoreCheck(data.store(), StoreOptions.DEFAULT, report)) {
            Core core = check.run();
            if (!report.end() || core == null || core.sequence() != manifest.cut()) {
                throw new BackupException(
                        "the store of the backup is damaged, though every checksum of the backup is right."
                                + " Nothing can start on " + data.root() + ": delete it");
            }
            return core;
        }
    }

    /** In a cut at the same entry, so that it is the same on every node: each changes this one number and nothing else. */
    private void raiseBootNumber() throws StorageException {
        try (RocksStore store = new RocksStore(data.store(), StoreOptions.DEFAULT)) {
            Cut.Header was = store.recover().cut().header();
            store.cut(new Cut(new Cut.Header(was.sequence(), was.nowMillis(), was.wallMillis(),
                    was.bootNumber() + BOOTS_SKIPPED, was.activeVersion(), was.limits(), was.createdOrdinals(),
                    was.finishedOrdinals(), was.finishedKept(), was.evictedThrough()), List.of(), List.of()),
                    List.of());
        }
    }

    private void begin(Core core) throws StorageException {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        NioDisk disk = NioDisk.open(data.log());
        FileLog.createAfter(core.sequence(), disk, FileLogOptions.DEFAULT, random);
        Command boot = new Command.Boot(core.bootNumber() + BOOTS_SKIPPED, random.nextLong(), core.limits());
        try (FileLog log = new FileLog(disk, FileLogOptions.DEFAULT, random)) {
            log.recover((sequence, payload) -> {
            });
            log.append(core.sequence() + 1, new EntryWriter().write(core.nowMillis(), System.currentTimeMillis(),
                    List.of(CommandEncoder.encode(boot))));
        }
    }

    private void warn(BackupManifest manifest) {
        say.accept("restored to " + data.root() + switch (purpose) {
            case SINGLE_SERVER -> "";
            case GROUP -> " for a node of a group that begins with backup " + manifest.sha256()
                    + ". Restore the same backup for every other node, then start them all: docs/cluster.md";
        });
        say.accept("BEWARE: a server on it knows nothing of what happened after entry " + manifest.cut()
                + ", that is after "
                + Instant.ofEpochMilli(manifest.wallMillis()) + ".");
        say.accept("Transactions begun since are unknown. Of the " + manifest.unfinished()
                + " that were unfinished then, decisions"
                + " made since are forgotten:");
        say.accept(
                "they will be called again, and what was undecided may be decided the other way. Guarantees 1 and 2 do not"
                        + " hold across a restore.");
        say.accept(
                "Never run it beside the server that the backup was taken of. Read docs/operations.md, \"After a restore\","
                        + " before you start it.");
    }
}
