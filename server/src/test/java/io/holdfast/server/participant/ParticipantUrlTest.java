package io.holdfast.server.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParticipantUrlTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", emptyValue = "", textBlock = """
            http://127.0.0.1                 | false | 127.0.0.1       | 80   | /            | ''
            HTTP://Host.Example:8080/a/b?x=1 | false | host.example    | 8080 | /a/b         | x=1
            https://my_host?x                | true  | my_host         | 443  | /            | x
            https://[::1]:9/                 | true  | 0:0:0:0:0:0:0:1 | 9    | /            | ''
            http://[::ffff:127.0.0.1]/       | false | 127.0.0.1       | 80   | /            | ''
            http://h/a%2Fb/ä?q=ü&r=%20       | false | h               | 80   | /a%2Fb/%C3%A4 | q=%C3%BC&r=%20
            http://h/{id}                    | false | h               | 80   | /%7Bid%7D    | ''
            grpc://h:1/shop.v1.Stock/Confirm | false | h               | 1    | /shop.v1.Stock/Confirm | ''
            GRPCS://127.0.0.1:2/A/b_1        | true  | 127.0.0.1       | 2    | /A/b_1       | ''
            """)
    void aUrlIsTakenApart(String text, boolean tls, String host, int port, String path, String query)
            throws AddressRejected {
        ParticipantUrl url = ParticipantUrl.parse(text);

        assertThat(url.grpc()).isEqualTo(text.toLowerCase(java.util.Locale.ROOT).startsWith("grpc"));
        assertThat(url.tls()).isEqualTo(tls);
        assertThat(url.host()).isEqualTo(host);
        assertThat(url.port()).isEqualTo(port);
        assertThat(url.path()).isEqualTo(path);
        assertThat(url.query()).isEqualTo(query);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1/x", "ftp://127.0.0.1/", "//127.0.0.1/", "http:/127.0.0.1", "http://",
            "http:///x",
            "http://a@127.0.0.1/", "http://127.0.0.1:80@10.0.0.1/", "http://127.0.0.1#@10.0.0.1/", "http://h/#f",
            "http://h\\@10.0.0.1/", "http://h/a b", "http://h/\u0000", "http://h/\r\nx:y", "http://h:0/",
            "http://h:65536/",
            "http://h:80x/", "http://h:/", "http://h:-1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/",
            "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.0.0.01/", "http://127.0.0.1./", "http://a.0x1/",
            "http://256.0.0.1/", "http://[::1/", "http://::1/", "http://[::1%25eth0]/", "http://[127.0.0.1]/",
            "http://[::ffff:0177.0.0.1]/", "http://[]/", "http://ｌocalhost/", "http://h/%zz", "http://h/%4",
            "http://h/%0d%0aX:y", "http://h/?q=%00", "grpc://h/a.B/C", "grpc://h:1", "grpc://h:1/", "grpc://h:1/a.B",
            "grpc://h:1/a.B/C/D", "grpc://h:1/a.B/C?x", "grpc://h:1/a.B/%43", "grpc://h:1//C", "grpc://a@h:1/a.B/C"})
    void whatOneParserReadsOtherwiseThanTheNextIsRefused(String text) {
        assertThatThrownBy(() -> ParticipantUrl.parse(text)).isInstanceOfSatisfying(AddressRejected.class,
                rejected -> assertThat(rejected.code()).isEqualTo(ErrorCode.INVALID));
    }

    @Test
    void anOverlongUrlIsRefused() {
        assertThatThrownBy(() -> ParticipantUrl.parse("http://h/" + "x".repeat(2_040)))
                .hasMessageContaining("at most 2048");
    }
}
