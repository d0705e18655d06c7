package io.socp.relay.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {

    static Stream<String> good() {
        return Stream.of(
                "a",
                "Alice",
                "aaaaaaaa-1111-4111-8111-111111111111",
                "server_15ecb7a0-a6f4-454a-bb42-ccd5e2db80b8",
                "introducer-0000-0000",
                "!~\"\\/",
                "José",
                "用户٣",
                "𝒜",
                "x".repeat(128));
    }

    static Stream<String> bad() {
        return Stream.of(
                "",
                " ",
                "a b",
                "a\n",
                "\0",
                "\u007f",
                "\u0085",
                "\u00a0",
                "\u200b",
                "\u202e",
                "\ufeff",
                "😀",
                "\ud800",
                "x".repeat(129));
    }

    @ParameterizedTest
    @MethodSource("good")
    void shouldHoldVisibleNames(String id) {
        assertThat(new UserId(id)).hasToString(id);
        assertThat(new ServerId(id)).hasToString(id);
        assertThat(IdRule.LENIENT.accepts(id)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void shouldRefuseEmptyLongAndInvisibleNames(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new UserId(id));
        assertThatIllegalArgumentException().isThrownBy(() -> new ServerId(id));
        assertThat(IdRule.LENIENT.accepts(id)).isFalse();
        assertThat(IdRule.UUID_V4.accepts(id)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aaaaaaaa-1111-4111-8111-111111111111",
                "AAAAAAAA-1111-4111-BBBB-111111111111",
                "0cc9544b-f888-4b5f-97e9-295fdccbe7d9",
                "0cc9544b-f888-4b5f-A7e9-295fdccbe7d9"
            })
    void shouldAcceptUuidVersion4InAnyCase(String id) {
        assertThat(IdRule.UUID_V4.accepts(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Alice",
                "aaaaaaaa-1111-1111-8111-111111111111",
                "aaaaaaaa-1111-4111-7111-111111111111",
                "aaaaaaaa-1111-4111-c111-111111111111",
                "aaaaaaaa11114111811111111111111111111",
                "{aaaaaaaa-1111-4111-8111-111111111111}",
                "aaaaaaaa-1111-4111-8111-111111111111\n",
                " aaaaaaaa-1111-4111-8111-111111111111",
                "aaaaaaaa-1111-4111-8111-11111111111",
                "gaaaaaaa-1111-4111-8111-111111111111"
            })
    void shouldRefuseEverythingElseAsUuid(String id) {
        assertThat(IdRule.UUID_V4.accepts(id)).isFalse();
    }

    @Test
    void shouldOrderByValueAndKeepCase() {
        assertThat(new UserId("a")).isLessThan(new UserId("b")).isNotEqualTo(new UserId("A"));
        assertThat(new ServerId("a")).isLessThan(new ServerId("b"));
        assertThat(new LinkId(2)).isLessThan(new LinkId(10)).hasToString("link-2");
    }
}
