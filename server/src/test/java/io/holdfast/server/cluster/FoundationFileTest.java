package io.holdfast.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundationFileTest {

    private static final Foundation FOUNDATION = new Foundation("0123456789abcdef".repeat(4), 1_234);

    @TempDir
    private Path root;

    @Test
    void foundationIsUnusedUntilItIsRetired() throws Exception {
        FoundationFile file = new FoundationFile(root);
        assertThat(file.unused()).isNull();
        assertThat(file.used()).isNull();
        file.retire();
        assertThat(root).isEmptyDirectory();

        file.write(FOUNDATION);
        assertThat(new FoundationFile(root).unused()).isEqualTo(FOUNDATION);
        assertThat(file.used()).isNull();

        file.retire();
        file.retire();
        assertThat(new FoundationFile(root).unused()).isNull();
        assertThat(new FoundationFile(root).used()).isEqualTo(FOUNDATION);
    }

    @Test
    void whatACrashLeftOfAWriteDoesNotCount() throws Exception {
        Files.writeString(root.resolve("foundation.new"), "holdfast found");
        FoundationFile file = new FoundationFile(root);
        assertThat(file.unused()).isNull();
        file.write(FOUNDATION);
        assertThat(file.unused()).isEqualTo(FOUNDATION);
    }

    @Test
    void anyDamageIsNoticed() throws Exception {
        FoundationFile file = new FoundationFile(root);
        file.write(FOUNDATION);
        Path path = root.resolve("foundation");
        byte[] good = Files.readAllBytes(path);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(path, bad);
            assertDamaged(file);
            Files.write(path, Arrays.copyOf(good, at));
            assertDamaged(file);
        }
    }

    private static void assertDamaged(FoundationFile file) {
        assertThatExceptionOfType(StorageException.class).isThrownBy(file::unused)
                .satisfies(refused -> assertThat(refused.kind()).isEqualTo(Kind.DAMAGED))
                .withMessageContaining("is damaged: it is not what was written");
    }

    @Test
    void onlyABackupIsAFoundation() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Foundation("../x", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Foundation(FOUNDATION.backup(), 0));
    }
}
