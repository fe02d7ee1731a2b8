package io.holdfast.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NioDiskTest {

    @TempDir
    Path root;

    @Test
    void missingDirectoriesAreCreated() throws StorageException {
        NioDisk disk = NioDisk.open(root.resolve("a/b/c"));
        assertThat(root.resolve("a/b/c")).isDirectory();
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void fileInPlaceOfTheDirectoryIsRefused() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        assertThatThrownBy(() -> NioDisk.open(file)).isInstanceOfSatisfying(StorageException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.FAILED)).hasMessageContaining(file.toString());
    }

    @Test
    void writesAreReadBack() throws StorageException {
        NioDisk disk = NioDisk.open(root);
        try (DiskFile file = disk.create("x")) {
            file.write(0, ByteBuffer.wrap(new byte[]{1, 2, 3}));
            file.writeSynced(5, ByteBuffer.wrap(new byte[]{6, 7}));
            file.sync();
            disk.syncDirectory();
        }
        ByteBuffer into = ByteBuffer.allocate(10);
        try (DiskFile file = disk.open("x")) {
            assertThat(file.size()).isEqualTo(7);
            assertThat(file.read(1, into)).isEqualTo(6);
            assertThat(file.read(7, into)).isZero();
        }
        assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(new byte[]{2, 3, 0, 0, 6, 7}));
        assertThat(disk.list()).containsExactly("x");
    }

    @Test
    void refusalsNameTheFile() throws StorageException {
        NioDisk disk = NioDisk.open(root);
        Path x = root.resolve("x");
        assertFailed(x, () -> disk.open("x"));
        DiskFile file = disk.create("x");
        assertFailed(x, () -> disk.create("x"));
        file.close();
        assertFailed(x, () -> file.write(0, ByteBuffer.allocate(1)));
        assertFailed(x, () -> file.writeSynced(0, ByteBuffer.allocate(1)));
        assertFailed(x, () -> file.read(0, ByteBuffer.allocate(1)));
        assertFailed(x, file::size);
        assertFailed(x, file::sync);
        file.close();
    }

    @Test
    void directoryHasOneOwnerInThisProcess() throws StorageException {
        Disk.Lock lock = NioDisk.open(root).lock();
        assertThatThrownBy(() -> NioDisk.open(root).lock()).isInstanceOfSatisfying(StorageException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.LOCKED)).hasMessageContaining(root.toString());
        lock.close();
        lock.close();
        NioDisk.open(root).lock().close();
    }

    private static void assertFailed(Path file, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StorageException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.FAILED)).hasMessageContaining(file.toString());
    }
}
