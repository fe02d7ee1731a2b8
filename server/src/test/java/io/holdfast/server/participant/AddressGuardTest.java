package io.holdfast.server.participant;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.ErrorCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AddressGuardTest {

    private final AtomicReference<List<String>> addresses = new AtomicReference<>(List.of("127.0.0.1"));
    private final AddressGuard guard = new AddressGuard(AllowList.parse(List.of("127.0.0.0/8", "listed.example")),
            host -> {
                List<String> now = addresses.get();
                if (now.isEmpty()) {
                    throw new UnknownHostException(host);
                }
                return now.stream().map(InetAddress::ofLiteral).toList();
            });

    @AfterEach
    void stop() {
        guard.close();
    }

    @Test
    void anAddressOnTheListPassesAndNothingToCallPassesToo() {
        assertThat(check("http://127.9.9.9/x", "")).isNull();
    }

    @Test
    void anAddressThatIsNotOnTheListIsRefusedWithTheWayToAllowIt() {
        AddressRejected rejected = check("http://127.0.0.1/", "http://10.0.0.7:8080/x");

        assertThat(rejected).hasMessageContaining("10.0.0.7").hasMessageContaining("--allow 10.0.0.7")
                .extracting("code").isEqualTo(ErrorCode.ADDRESS_NOT_ALLOWED);
    }

    @Test
    void aNameNeedsAllItsAddressesOnTheList() {
        assertThat(check("http://name.example/")).isNull();

        addresses.set(List.of("127.0.0.1", "10.0.0.7"));
        assertThat(check("http://name.example/")).hasMessageContaining("its address 10.0.0.7");
    }

    @Test
    void aListedNameMayPointAnywhere() {
        addresses.set(List.of("10.0.0.7"));

        assertThat(check("http://listed.example/")).isNull();
    }

    @Test
    void aNameThatCannotBeResolvedIsRefused() {
        addresses.set(List.of());

        assertThat(check("http://name.example/")).hasMessageContaining("name.example");
    }

    @Test
    void aNameThatPointsElsewhereLaterIsNotCalled() throws Exception {
        ParticipantUrl url = ParticipantUrl.parse("http://name.example/");
        assertThat(check("http://name.example/")).isNull();

        addresses.set(List.of("169.254.169.254"));

        assertThat(guard.resolve(url)).failsWithin(5, TimeUnit.SECONDS).withThrowableOfType(Exception.class)
                .withMessageContaining("169.254.169.254");
    }

    private @Nullable AddressRejected check(String... urls) {
        return guard.check(List.of(urls)).orTimeout(5, TimeUnit.SECONDS).join();
    }
}
