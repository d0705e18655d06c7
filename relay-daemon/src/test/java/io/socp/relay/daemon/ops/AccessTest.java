package io.socp.relay.daemon.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

    private static final Access OPEN = new Access(null);
    private static final Access GUARDED = new Access("a token of many characters");

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:9765", "127.0.0.1:9765", "127.9.9.9", "[::1]:1"})
    void shouldAnswerToTheNamesOfThisMachine(String host) {
        assertThat(OPEN.isForUs(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:9765",
                "127.0.0.1.evil.example",
                "10.0.0.1",
                ""
            })
    void shouldNotAnswerToANameThatAWebPageMayHave(String host) {
        assertThat(OPEN.isForUs(host)).isFalse();
    }

    @Test
    void shouldNotAnswerWithoutAnyName() {
        assertThat(OPEN.isForUs(null)).isFalse();
    }

    @Test
    void shouldAnswerToAnyNameWhereATokenIsWanted() {
        assertThat(GUARDED.isForUs("relay-1:9765")).isTrue();
        assertThat(GUARDED.allows(null)).isFalse();
        assertThat(GUARDED.allows("Bearer a token of many characters")).isTrue();
        assertThat(GUARDED.allows("Basic a token of many characters")).isFalse();
    }
}
