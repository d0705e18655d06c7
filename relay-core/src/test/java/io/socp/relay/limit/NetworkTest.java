package io.socp.relay.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.0.2.128/25, 192.0.2.128, true",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false",
        "0.0.0.0/0, 203.0.113.1, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/33, 2001:db8:8000::, false",
        "::1, ::1, true",
        "127.0.0.0/8, ::ffff:127.0.0.1, true",
    })
    void shouldKnowItsAddresses(String network, String address, boolean has) {
        assertThat(Network.parse(network).has(Network.address(address))).isEqualTo(has);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.1/8",
                "2001:db8::/129",
                "10.0.0",
                "256.0.0.1",
                "1:2",
                "fe80::1%1",
                ""
            })
    void shouldRefuseWhatIsNoNetwork(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Network.parse(text));
    }

    @Test
    void shouldReadAListUpToItsBound() {
        String many = String.join(",", Collections.nCopies(Network.LIST_MAX, "10.0.0.1"));

        assertThat(Network.parseAll("")).isEmpty();
        assertThat(Network.parseAll(" 10.0.0.0/8, ::1 ,")).hasSize(2);
        assertThat(Network.parseAll(many)).hasSize(Network.LIST_MAX);
        assertThatIllegalArgumentException().isThrownBy(() -> Network.parseAll(many + ",10.0.0.2"));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.200, 192.0.2.200",
        "2001:db8:0:1:2:3:4:5, 2001:db8:0:1::/64",
        "2001:db8:0:1::, 2001:db8:0:1::/64",
        "::1, 0:0:0:0::/64",
    })
    void shouldCountAnAddressOrAHalfOfOneOfIpv6AsOne(String address, String key) {
        assertThat(AddressKey.of(Network.address(address))).hasToString(key);
    }
}
