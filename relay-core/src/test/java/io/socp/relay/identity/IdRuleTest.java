package io.socp.relay.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdRuleTest {

    private static final String ID = "0000000a-0000-4000-8000-000000000000";

    @ParameterizedTest
    @ValueSource(strings = {"", "server_", "master_server_"})
    void shouldTakeServersIdWithKnownPrefix(String prefix) {
        assertThat(IdRule.UUID_V4.acceptsServer(prefix + ID)).isTrue();
        assertThat(IdRule.hasServerPrefix(prefix + ID)).isEqualTo(!prefix.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Server_", "server", "server_server_", "server_x"})
    void shouldRefuseServersIdWithAnyOther(String prefix) {
        assertThat(IdRule.UUID_V4.acceptsServer(prefix + ID)).isFalse();
    }

    @Test
    void shouldRefusePrefixBeforeUsersId() {
        assertThat(IdRule.UUID_V4.accepts("server_" + ID)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0000000a-0000-4000-8000-00000000000",
                "0000000a-0000-4000-8000-0000000000000",
                "0000000a-0000-5000-8000-000000000000",
                "0000000a-0000-4000-7000-000000000000",
                "0000000a-0000-4000-c000-000000000000",
                "0000000g-0000-4000-8000-000000000000",
                "0000000a_0000-4000-8000-000000000000",
                "0000000a-0000-4000-8000-00000000000\uff10",
            })
    void shouldRefuseWhatIsNearlyUuid(String id) {
        assertThat(IdRule.UUID_V4.accepts(id)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0123456a-bCdE-4fFF-8000-0123456789aB", ID})
    void shouldTakeUuidInAnyCaseAndOfEachVariantLetter(String id) {
        for (char variant : "89abAB".toCharArray()) {
            assertThat(IdRule.UUID_V4.accepts(id.replace("-8000", "-" + variant + "000"))).isTrue();
        }
    }

    @Test
    void shouldMakeServerIdsThatTheRuleAccepts() {
        var random = new SplittableRandom(1);

        for (int i = 0; i < 100; i++) {
            assertThat(IdRule.UUID_V4.accepts(ServerId.random(random).value())).isTrue();
        }
    }
}
