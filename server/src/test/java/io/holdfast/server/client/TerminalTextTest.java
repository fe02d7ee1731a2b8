package io.holdfast.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTextTest {

    @Test
    void nothingSteersTheTerminalOrTurnsTheLineRound() {
        assertThat(TerminalText.oneLine("a\u001b[2J\u0007\u009bb\u007f\u202ec\u2066d\u200ee")).isEqualTo("a[2Jbcde");
        assertThat(TerminalText.oneLine("a\r\nb\tc\u2028d\u0085e")).isEqualTo("a  b c de");
    }

    @Test
    void wordsOfAnyScriptStay() {
        assertThat(TerminalText.oneLine("gr\u00fc\u00df \u8ba2\u5355 \ud83d\ude80")).isEqualTo(
                "gr\u00fc\u00df \u8ba2\u5355 \ud83d\ude80");
    }
}
