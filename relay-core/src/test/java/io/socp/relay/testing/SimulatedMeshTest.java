package io.socp.relay.testing;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.SERVERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.testing.SimulatedMesh.Pinning;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedMeshTest {

    @Test
    void shouldRunTheSameWayFromTheSameSeed() {
        assertThat(stepsFrom(1)).isEqualTo(stepsFrom(1)).isNotEqualTo(stepsFrom(2));
    }

    @Test
    void shouldNoticeMessageThatComesTwiceAndNameTheSeed() {
        var mesh = new SimulatedMesh(77);
        SimulatedRelay relay = mesh.relay(Actors.A).start(List.of());
        SimulatedUser alice = mesh.user(ALICE).connect(relay);
        byte[] message = Envelopes.msgPublic(BOB).build().bytes();

        alice.link().onFrame(message);
        mesh.run(Duration.ofSeconds(1));
        alice.link().onFrame(message);

        assertThatThrownBy(() -> mesh.run(Duration.ofSeconds(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("got a message twice")
                .hasMessageContaining("seed 77")
                .hasMessageContaining("frame on link to 10.0.0.1:8765");
    }

    private static String stepsFrom(long seed) {
        var mesh = new SimulatedMesh(seed);
        mesh.startEach(SERVERS, Pinning.UNPINNED);
        mesh.run(Duration.ofSeconds(60));
        return mesh.timeline().lastSteps();
    }
}
