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

    @Test
    void shouldMakeServerIdsThatTheRuleAccepts() {
        var random = new SplittableRandom(1);

        for (int i = 0; i < 100; i++) {
            assertThat(IdRule.UUID_V4.accepts(ServerId.random(random).value())).isTrue();
        }
    }
}
