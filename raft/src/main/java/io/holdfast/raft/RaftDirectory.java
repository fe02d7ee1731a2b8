package io.holdfast.raft;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** The files of one node's part of the log, held by one process at a time. */
final class RaftDirectory implements AutoCloseable {

    private static final String ADVICE = ". Nothing was changed. Keep a copy of the directory; the node has to join the group anew";

    private static final String VOTE = "raft-meta";
    private static final String MEMBERS = "raft-meta.conf";
    private static final Set<String> OWN = Set.of("lock", "cut", "cut.next", "removed", "ratis");

    private final Path root;
    private final UUID group;
    private final FileChannel lockFile;
    private final FileLock lock;

    private RaftDirectory(Path root, UUID group, FileChannel lockFile, FileLock lock) {
        this.root = root;
        this.group = group;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** Makes the directory if it does not exist, and holds it. */
    static RaftDirectory open(RaftSettings settings) throws StorageException {
        Path root = settings.directory();
        try {
            Files.createDirectories(root);
            FileChannel lockFile = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = lockFile.tryLock();
            } catch (OverlappingFileLockException e) {
                // By this process.
            } finally {
                if (lock == null) {
                    lockFile.close();
                }
            }
            if (lock == null) {
                throw new StorageException(Kind.LOCKED, "the raft log in " + root + " is in use by another process");
            }
            return new RaftDirectory(root, settings.group(), lockFile, lock);
        } catch (IOException e) {
            throw failed(root, "it cannot be opened", e);
        }
    }

    Path root() {
        return root;
    }

    /** Where the last cut is written. */
    Path cutFile() {
        return root.resolve("cut");
    }

    /** What Ratis has to itself. */
    Path ratisRoot() {
        return root.resolve("ratis");
    }

    /** Where Ratis keeps the log of the group, its term and its vote. */
    Path current() {
        return ratisRoot().resolve(group.toString()).resolve("current");
    }

    /** Whether Ratis has been here: then there is a term and a vote. */
    boolean hasVote() {
        return Files.exists(current().resolve(VOTE));
    }

    /** Begins as a node that has voted. Durable on return. Ratis reads it, in its own form. */
    void writeVote(long term, String votedFor) throws StorageException {
        Path file = current().resolve(VOTE);
        Path next = file.resolveSibling(VOTE + ".next");
        String text = "term=" + term + "\nvotedFor=" + votedFor + "\n";
        try {
            Files.createDirectories(current());
            try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            sync(current());
            sync(current().resolve(".."));
            sync(ratisRoot());
            sync(root);
        } catch (IOException e) {
            throw failed("its vote cannot be written", e);
        }
    }

    /**
     * Says who the members are where Ratis looks before it reads its log. Ratis goes on without a word if it cannot write this file
     * itself, and would believe an old one once the entry is purged.
     */
    void writeMembers(Members members) throws StorageException {
        Path file = current().resolve(MEMBERS);
        try {
            if (members.index() < 0) {
                Files.deleteIfExists(file);
                return;
            }
            Files.createDirectories(current());
            Path next = file.resolveSibling(MEMBERS + ".next");
            Files.write(next, members.entry().toByteArray());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failed("the members of the group cannot be written", e);
        }
    }

    /** From now on this is the log of a node that was removed from its group. Durable on return. */
    void markRemoved() throws IOException {
        Path file = removedFile();
        if (!Files.exists(file)) {
            Files.createFile(file);
            sync(root);
        }
    }

    /** @throws StorageException if the node was removed from its group */
    void requireNotRemoved(String node) throws StorageException {
        if (Files.exists(removedFile())) {
            throw removed(node);
        }
    }

    private Path removedFile() {
        return root.resolve("removed");
    }

    StorageException removed(String node) {
        return new StorageException(Kind.FAILED,
                "node " + node + " was removed from its group, and takes part no more. "
                        + "To have it back, begin with an empty data directory and add it again");
    }

    /** Whether there is anything of Ratis at all. */
    boolean hasAnything() throws StorageException {
        if (!Files.isDirectory(ratisRoot())) {
            return false;
        }
        try (Stream<Path> files = Files.walk(ratisRoot())) {
            return files.anyMatch(Files::isRegularFile);
        } catch (IOException e) {
            throw failed("it cannot be listed", e);
        }
    }

    /** A directory with another log in it, for example of a server that was alone, is not taken for an empty one. */
    void requireNothingElse() throws StorageException {
        try (Stream<Path> files = Files.list(root)) {
            Optional<String> other = files.map(file -> file.getFileName().toString())
                    .filter(name -> !OWN.contains(name))
                    .sorted().findFirst();
            if (other.isPresent()) {
                throw new StorageException(Kind.DAMAGED, "the directory " + root + " holds " + other.get()
                        + ", which is not of the log of a group. Nothing was changed. A group begins with empty directories, or"
                        + " with what was restored for it from a backup: docs/cluster.md says how");
            }
        } catch (IOException e) {
            throw failed("it cannot be listed", e);
        }
    }

    StorageException damaged(String what) {
        return new StorageException(Kind.DAMAGED, "the raft log in " + root + " is damaged: " + what + ADVICE);
    }

    StorageException damaged(Path file, long offset, String what) {
        return new StorageException(Kind.DAMAGED,
                "raft log file " + file + " is damaged at offset " + offset + ": " + what + ADVICE);
    }

    StorageException failed(String what, Throwable cause) {
        return failed(root, what, cause);
    }

    private static StorageException failed(Path root, String what, Throwable cause) {
        return new StorageException(Kind.FAILED, "the raft log in " + root + " has failed: " + what + ": " + cause,
                cause);
    }

    /** Makes what was created, renamed or deleted in a directory durable. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws StorageException {
        try {
            lock.release();
            lockFile.close();
        } catch (IOException e) {
            throw failed("its lock cannot be given back", e);
        }
    }
}
