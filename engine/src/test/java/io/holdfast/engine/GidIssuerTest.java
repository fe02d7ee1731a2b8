package io.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GidIssuerTest {

    private final List<String> meanwhile = new ArrayList<>();
    private GidIssuer issuer = new GidIssuer(Clock.SYSTEM, 1, () -> 0);

    @Test
    void onlyItsOwnLatestIdsAreKnownToBeUnused() {
        long[] applied = {7};
        issuer = new GidIssuer(Clock.SYSTEM, 0x1234_5678, () -> applied[0]);
        String first = issuer.next();
        assertThat(issuer.unusedThrough(first)).isEqualTo(7);
        assertThat(issuer.unusedThrough("a gid of somebody else's")).isEqualTo(-1);
        assertThat(issuer.unusedThrough(new GidIssuer(Clock.SYSTEM, 9, () -> 8).next())).isEqualTo(-1);
        assertThat(issuer.unusedThrough(first.substring(0, 24) + "9")).as("not issued yet").isEqualTo(-1);
        applied[0] = 8;
        for (int i = 0; i < 1_024 * 1_024; i++) {
            issuer.next();
        }
        assertThat(issuer.unusedThrough(first)).as("long ago").isEqualTo(-1);
    }

    @Test
    void anIdIssuedWhileAnotherThreadStoodStillIsNotTakenForYounger() {
        issuer = new GidIssuer(Clock.SYSTEM, 1, this::appliedWhileOthersGoOn);
        issuer.next();
        assertThat(meanwhile).hasSize(1);
        assertThat(issuer.unusedThrough(meanwhile.getFirst())).isEqualTo(5);
    }

    /** The first thread stands still here; another one takes an id at entry 5, and it is entry 100 when the first goes on. */
    private long appliedWhileOthersGoOn() {
        if (!meanwhile.isEmpty()) {
            return 5;
        }
        meanwhile.add("");
        meanwhile.set(0, issuer.next());
        return 100;
    }
}
