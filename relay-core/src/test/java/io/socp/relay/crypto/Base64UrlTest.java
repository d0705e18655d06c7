package io.socp.relay.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base64UrlTest {

    @ParameterizedTest
    @CsvSource({"'',''", "f,Zg", "fo,Zm8", "foo,Zm9v", "foob,Zm9vYg", "fooba,Zm9vYmE"})
    void shouldEncodeWithoutPadding(String plain, String encoded) {
        assertThat(Base64Url.encode(plain.getBytes(US_ASCII))).isEqualTo(encoded);
        assertThat(Base64Url.decode(encoded)).isEqualTo(plain.getBytes(US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-_-_", "+/+/", "-/+_"})
    void shouldDecodeEitherAlphabet(String text) {
        assertThat(Base64Url.decode(text)).isEqualTo(new byte[] {(byte) 0xfb, (byte) 0xff, -65});
    }

    @ParameterizedTest
    @CsvSource({"Zg==,f", "Zm8=,fo", "Zm9v,foo"})
    void shouldDecodePaddedText(String encoded, String plain) {
        assertThat(Base64Url.decode(encoded)).isEqualTo(plain.getBytes(US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Z",
                "Zg=",
                "Zg===",
                "Zm9v=",
                "Zg==Zg==",
                "Z g",
                "Zm9v\n",
                "Zm9*",
                "Zmé",
                "="
            })
    void shouldRefuseWhatIsNotBase64(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Base64Url.decode(text));
    }

    @Test
    void shouldRefuseLeftoverBits() {
        assertThatIllegalArgumentException().isThrownBy(() -> Base64Url.decode("Zh"));
        assertThatIllegalArgumentException().isThrownBy(() -> Base64Url.decode("Zm9="));
    }

    @Test
    void shouldTakeOfAllEndingsThoseItWouldWriteItself() {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (String start : new String[] {"A", "AA", "Zm9vZ", "Zm9vZm"}) {
            int taken = 0;
            for (int i = 0; i < alphabet.length(); i++) {
                char last = alphabet.charAt(i);
                try {
                    byte[] bytes = Base64Url.decode(start + last);
                    assertThat(Base64Url.encode(bytes)).isEqualTo(start + last);
                    taken++;
                } catch (IllegalArgumentException leftover) {
                    assertThat(leftover).hasMessageContaining("leftover bits");
                }
            }
            assertThat(taken).isEqualTo(start.length() % 4 == 1 ? 4 : 16);
        }
    }
}
