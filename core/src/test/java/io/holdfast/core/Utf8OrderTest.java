package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8OrderTest {

    private static final int[] CODE_POINTS = {0, 'a', 'b', 'z', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD,
            0xFFFF,
            0x10000, 0x1F600, 0x10FFFF};

    @Test
    void isTheOrderOfTheBytes() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            String a = text(random);
            String b = random.nextInt(4) == 0 ? a + text(random) : text(random);
            int expected = Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8),
                    b.getBytes(StandardCharsets.UTF_8));
            assertThat(Integer.signum(Utf8Order.compare(a, b))).as("%s against %s", escaped(a), escaped(b))
                    .isEqualTo(Integer.signum(expected));
            assertThat(Integer.signum(Utf8Order.compare(b, a))).isEqualTo(-Integer.signum(expected));
        }
    }

    @Test
    void differsFromTheOrderOfStringsBeyondTheBasicPlane() {
        String smile = Character.toString(0x1F600);
        assertThat(smile.compareTo("\uFFFD")).isNegative();
        assertThat(Utf8Order.compare(smile, "\uFFFD")).isPositive();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.appendCodePoint(CODE_POINTS[random.nextInt(CODE_POINTS.length)]);
        }
        return text.toString();
    }

    private static String escaped(String text) {
        return text.codePoints().mapToObj(c -> String.format("U+%04X", c)).toList().toString();
    }
}
