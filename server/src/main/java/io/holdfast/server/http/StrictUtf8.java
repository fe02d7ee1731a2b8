package io.holdfast.server.http;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * JSON is UTF-8, and what is not must not become replacement characters: two ids could turn into the same one, and a payload into
 * another.
 */
public final class StrictUtf8 {

    private StrictUtf8() {
    }

    /** Reads text, and fails with a {@link java.nio.charset.CharacterCodingException} where there is none. */
    public static Reader reader(byte[] bytes) {
        return new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT));
    }
}
