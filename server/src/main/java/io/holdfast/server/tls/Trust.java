package io.holdfast.server.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose signature a certificate has to have. */
public final class Trust {

    private Trust() {
    }

    /**
     * The authorities that Java trusts, and one more.
     *
     * @param authority certificates in PEM; null for none
     * @return null if there is no other one
     * @throws IOException if the file has no certificates, or cannot be read
     */
    public static @Nullable X509TrustManager beside(@Nullable Path authority) throws IOException {
        if (authority == null) {
            return null;
        }
        List<X509Certificate> trusted = new ArrayList<>(PemFile.certificates(authority));
        try {
            trusted.addAll(List.of(managerOf(null).getAcceptedIssuers()));
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < trusted.size(); i++) {
                store.setCertificateEntry("trusted-" + i, trusted.get(i));
            }
            return managerOf(store);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot check certificates", e);
        }
    }

    /** @param store null for that of Java */
    private static X509TrustManager managerOf(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers()).filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast).findFirst()
                .orElseThrow(() -> new GeneralSecurityException("there is no trust manager for certificates"));
    }

    /** For clients that want a context. */
    public static SSLContext context(X509TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }
}
