package io.holdfast.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.server.tls.PemFile;
import io.holdfast.testkit.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTlsConfigTest {

    private static final String GROUP = """
            token: correct-horse-battery
            listen: 127.0.0.1
            cluster:
              node: n1
              members: ["n1 192.0.2.1:36791 http://127.0.0.1:36789"]
            """;

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private TestAuthority authority;
    private TestAuthority.@Nullable Identity node;

    @BeforeEach
    void sign() throws Exception {
        authority = TestAuthority.create(directory.resolve("authority"));
        node = authority.sign("n1", "ip:192.0.2.1");
    }

    private ServerConfig load(String yaml) throws IOException {
        return ConfigLoader.load(Files.writeString(directory.resolve("holdfast.yaml"), yaml), Map.of());
    }

    private static String tls(Path certificate, Path key, Path ca) {
        return GROUP + "  tls: {certificate: " + certificate + ", key: " + key + ", ca: " + ca + "}\n";
    }

    @Test
    void aLogThatStrangersReachNeedsTls() throws IOException {
        TestAuthority.Identity identity = Objects.requireNonNull(node);
        assertThatThrownBy(() -> load(GROUP)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("192.0.2.1:36791").hasMessageContaining("cluster.tls")
                .hasMessageContaining("--insecure");

        ClusterConfig cluster = Objects.requireNonNull(
                load(tls(identity.certificate(), identity.key(), authority.certificate())).cluster());
        assertThat(cluster.tls())
                .isEqualTo(new ClusterConfig.Tls(identity.certificate(), identity.key(), authority.certificate()));
        assertThat(load("insecure: true\n" + GROUP).cluster()).isNotNull();
    }

    @Test
    void whatIsNoCertificateOrKeyIsSaid() {
        TestAuthority.Identity identity = Objects.requireNonNull(node);
        Path missing = directory.resolve("missing.pem");
        assertThatThrownBy(() -> load(tls(missing, identity.key(), authority.certificate())))
                .hasMessageContaining("cluster.tls.certificate=" + missing).hasMessageContaining("PEM file");
        assertThatThrownBy(() -> load(tls(identity.certificate(), identity.certificate(), authority.certificate())))
                .hasMessageContaining("cluster.tls.key=").hasMessageContaining("PKCS#8");
        assertThatThrownBy(() -> load(tls(identity.certificate(), identity.key(), identity.key())))
                .hasMessageContaining("cluster.tls.ca=").hasMessageContaining("certificates");
    }

    @Test
    void theThreeBelongTogetherAndToAGroup() {
        assertThatThrownBy(() -> load(GROUP + "  tls: {ca: /x}\n"))
                .hasMessageContaining("cluster.tls.certificate, cluster.tls.key and cluster.tls.ca belong together");
        TestAuthority.Identity identity = Objects.requireNonNull(node);
        assertThatThrownBy(() -> load("cluster: {tls: {certificate: " + identity.certificate() + ", key: "
                + identity.key() + ", ca: " + authority.certificate() + "}}")).hasMessageContaining("cluster.members");
    }

    @Test
    void nodesTrustTheirOwnAuthorityBesideTheUsualOnes() throws IOException {
        TestAuthority.Identity identity = Objects.requireNonNull(node);
        X509TrustManager trust = Objects.requireNonNull(Objects.requireNonNull(
                load(tls(identity.certificate(), identity.key(), authority.certificate())).cluster()).trust());
        assertThat(trust.getAcceptedIssuers()).containsAll(PemFile.certificates(authority.certificate()))
                .hasSizeGreaterThan(10);
        assertThat(Objects.requireNonNull(load("insecure: true\n" + GROUP).cluster()).trust()).isNull();
    }
}
