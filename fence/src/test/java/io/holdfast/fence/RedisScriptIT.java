package io.holdfast.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.testkit.component.RedisServer;
import io.holdfast.testkit.fence.FenceVectors.Stock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only the script of docs/participants.md does. */
class RedisScriptIT {
    private final String gid = Participant.newGid();
    private RedisShop shop;

    @BeforeEach
    void open() throws Exception {
        RedisServer.require();
        shop = new RedisShop(new ParticipantsPage());
        shop.fill(new Stock(5, 0, 0));
    }

    @Test
    void confirmAndCancelMoveWhatTryHeldWhateverTheyCarry() throws Exception {
        shop.run(gid, "01", "try", "2");
        shop.run(gid, "02", "try", "1");
        assertThat(shop.run(gid, "01", "confirm", "1")).isEqualTo("RAN");
        assertThat(shop.run(gid, "02", "cancel", "4")).isEqualTo("RAN");
        assertThat(shop.stock()).isEqualTo(new Stock(3, 0, 2));
    }

    @Test
    void aHoldIsNeverForgottenAndAFinishedMarkIsAfterItsTime() throws Exception {
        shop.run(gid, "01", "try", "1");
        assertThat(shop.secondsToLive(gid, "01")).isEqualTo(-1);
        shop.run(gid, "01", "cancel", "1");
        shop.run(gid, "02", "cancel", "1");
        assertThat(shop.secondsToLive(gid, "01")).isPositive().isLessThanOrEqualTo(RedisShop.KEEP_SECONDS);
        assertThat(shop.secondsToLive(gid, "02")).isPositive();
        shop.run(gid, "03", "action", "1");
        assertThat(shop.secondsToLive(gid, "03")).isEqualTo(-1);
        shop.run(gid, "04", "cancel", "1", "0");
        assertThat(shop.secondsToLive(gid, "04")).isEqualTo(-1);
    }

    @Test
    void aMalformedCallIsRefusedAndLeavesNothing() throws Exception {
        for (String pieces : new String[]{"-1", "0", "1.5", "nan", "inf", "many"}) {
            assertThatThrownBy(() -> shop.run(gid, "01", "try", pieces)).hasMessageContaining("malformed call");
        }
        for (String seconds : new String[]{"-1", "0.5", "long"}) {
            assertThatThrownBy(() -> shop.run(gid, "01", "cancel", "1", seconds))
                    .hasMessageContaining("malformed call");
        }
        assertThatThrownBy(() -> shop.run(gid, "01", "steal", "1")).hasMessageContaining("malformed call");
        assertThat(shop.secondsToLive(gid, "01")).isEqualTo(-2);
        assertThat(shop.stock()).isEqualTo(new Stock(5, 0, 0));
    }
}
