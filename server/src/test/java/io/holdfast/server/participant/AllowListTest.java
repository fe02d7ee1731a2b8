package io.holdfast.server.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.server.config.ConfigException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowListTest {

    @ParameterizedTest
    @CsvSource({"127.0.0.0/8,127.255.0.1,true", "127.0.0.0/8,128.0.0.1,false", "10.1.2.3,10.1.2.3,true",
            "10.1.2.3,10.1.2.4,false", "10.16.0.0/12,10.31.255.255,true", "10.16.0.0/12,10.32.0.0,false",
            "0.0.0.0/0,8.8.8.8,true", "0.0.0.0/0,::1,false", "::1,::1,true", "[::1],::1,true", "::1,::2,false",
            "2001:db8::/33,2001:db8:7fff::1,true", "2001:db8::/33,2001:db8:8000::1,false",
            "::ffff:10.0.0.1,10.0.0.1,true", "::1/128,::127.0.0.1,false"})
    void aBlockHoldsItsAddresses(String entry, String address, boolean allowed) {
        assertThat(AllowList.parse(List.of(entry)).allowsAddress(InetAddress.ofLiteral(address))).isEqualTo(allowed);
    }

    @Test
    void aHostIsAllowedByItsNameInAnyCase() {
        AllowList list = AllowList.parse(List.of("Pay.internal", "my_service"));

        assertThat(list.allowsHost("pay.INTERNAL")).isTrue();
        assertThat(list.allowsHost("my_service")).isTrue();
        assertThat(list.allowsHost("evil-pay.internal")).isFalse();
        assertThat(list.allowsHost("internal")).isFalse();
    }

    @Test
    void nothingConfiguredMeansLoopback() {
        AllowList list = AllowList.parse(AllowList.LOOPBACK);

        assertThat(list.allowsAddress(InetAddress.ofLiteral("127.1.2.3"))).isTrue();
        assertThat(list.allowsAddress(InetAddress.ofLiteral("::1"))).isTrue();
        assertThat(list.allowsAddress(InetAddress.ofLiteral("0.0.0.0"))).isFalse();
        assertThat(list.allowsAddress(InetAddress.ofLiteral("169.254.169.254"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/-1", "10.0.0.5/8", "2001:db8::/129",
            "host/8", "127.1", "0x7f000001", "a b", "http://host", "host:80", "-a", "a..b"})
    void anEntryThatIsNeitherIsRefused(String entry) {
        assertThatThrownBy(() -> AllowList.parse(List.of(entry))).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("allow=" + entry).hasMessageContaining("allowed: ");
    }
}
