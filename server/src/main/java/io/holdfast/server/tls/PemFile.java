package io.holdfast.server.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** Files with certificates or a key. */
public final class PemFile {

    private static final String KEY = "-----BEGIN PRIVATE KEY-----";

    private PemFile() {
    }

    /**
     * The certificates of a file, at least one.
     *
     * @throws IOException if there are none, or it cannot be read; the message says so in words
     */
    public static List<X509Certificate> certificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> certificates = CertificateFactory.getInstance("X.509").generateCertificates(in)
                    .stream().map(X509Certificate.class::cast).toList();
            if (certificates.isEmpty()) {
                throw new IOException("there is no certificate in it");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new IOException("there is something else than certificates in it", e);
        }
    }

    /** @throws IOException if there is no key in PKCS#8, or the file cannot be read */
    public static void requireKey(Path file) throws IOException {
        if (!Files.readString(file).contains(KEY)) {
            throw new IOException("there is no " + KEY + " in it");
        }
    }
}
