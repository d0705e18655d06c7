package io.socp.relay.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:1, 127.0.0.1, 1",
        "relay-a:65535, relay-a, 65535",
        "Relay.Example.org:12345, Relay.Example.org, 12345",
        "[::1]:80, ::1, 80",
        "[fe80::1%eth0]:443, fe80::1%eth0, 443"
    })
    void shouldReadAndWriteAddress(String text, String host, int port) {
        HostPort address = HostPort.parse(text);

        assertThat(address).isEqualTo(new HostPort(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host",
                "host:",
                ":80",
                "host:0",
                "host:65536",
                "host:-1",
                "host:+80",
                "host:8a",
                "host:123456",
                "host:99999999999",
                "host: 80",
                "host:80 ",
                "my host:80",
                "host\n:80",
                "::1:80",
                "[::1]",
                "[::1]80",
                "[]:80",
                "[host]:80",
                "[::1:80",
                "::1]:80",
                "host:٨٠"
            })
    void shouldRefuseWhatIsNoAddress(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostPort.parse(text))
                .satisfies(e -> assertThat(e.getMessage()).isNotBlank());
    }

    @Test
    void shouldHoldHostAtTheBoundAndRefuseOnePast() {
        assertThat(new HostPort("h".repeat(255), 1).host()).hasSize(255);
        assertThatIllegalArgumentException().isThrownBy(() -> new HostPort("h".repeat(256), 1));
    }
}
