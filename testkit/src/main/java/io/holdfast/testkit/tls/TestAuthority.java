package io.holdfast.testkit.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Signs certificates for tests, with the keytool of Java. Not thread-safe. */
public final class TestAuthority {

    private static final String PASSWORD = "for-tests-only";
    private static final String SELF = "authority";
    private static final long KEYTOOL_SECONDS = 60;
    private static final int COLUMNS = 64;

    private final Path directory;
    private final Path store;
    private final Path certificate;

    private TestAuthority(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.store = directory.resolve("keys.p12");
        this.certificate = directory.resolve("ca.pem");
    }

    /** Who somebody is: certificate with its chain, and key, both in PEM. */
    public record Identity(Path certificate, Path key) {}

    /** A new one that keeps its files in a directory of its own. */
    public static TestAuthority create(Path directory) throws IOException, InterruptedException {
        TestAuthority authority = new TestAuthority(directory);
        authority.newKey(SELF, "-ext", "bc:c");
        authority.write(SELF, authority.certificate, directory.resolve("ca.key"));
        return authority;
    }

    /** Of the authority itself, in PEM. */
    public Path certificate() {
        return certificate;
    }

    /**
     * @param hosts as keytool wants them: {@code ip:127.0.0.1}, {@code dns:localhost}
     */
    public Identity sign(String name, String... hosts) throws IOException, InterruptedException {
        newKey(name, "-signer", SELF, "-ext", "san=" + String.join(",", hosts));
        Identity identity = new Identity(directory.resolve(name + ".pem"), directory.resolve(name + ".key"));
        write(name, identity.certificate(), identity.key());
        return identity;
    }

    private void newKey(String alias, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
                        alias, "-dname", "CN=" + alias, "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30",
                        "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
        command.addAll(Arrays.asList(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("keytool has made no key " + alias + ": " + said);
        }
    }

    private void write(String alias, Path chain, Path key) throws IOException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            StringBuilder certificates = new StringBuilder();
            for (Certificate each : keys.getCertificateChain(alias)) {
                certificates.append(pem("CERTIFICATE", each.getEncoded()));
            }
            Files.writeString(chain, certificates);
            Key secret = Objects.requireNonNull(keys.getKey(alias, PASSWORD.toCharArray()));
            Files.writeString(key, pem("PRIVATE KEY", secret.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("the key " + alias + " cannot be read", e);
        }
    }

    private static String pem(String what, byte[] content) {
        String lines = Base64.getMimeEncoder(COLUMNS, new byte[]{'\n'}).encodeToString(content);
        return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }
}
