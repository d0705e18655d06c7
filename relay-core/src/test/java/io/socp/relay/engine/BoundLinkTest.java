package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedRelay;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** C is linked with relay A over TLS, which has shown C's key; A takes plain links as well. */
class BoundLinkTest {

    private final SimulatedMesh mesh = new SimulatedMesh(71);
    private SimulatedRelay a;
    private ScriptedEnd c;
    private LinkId bound;

    @BeforeEach
    void link() {
        a = mesh.relay(A).start(List.of());
        mesh.refuse(C.address());
        c = mesh.dialOverTls(a, C.key()).send(join());
        settle();
        bound = a.engine().peers().linkTo(C.id());
    }

    @Test
    void shouldRefuseSignedGreetingThatComesWithoutTlsMeanwhile() {
        ScriptedEnd repeated = mesh.dial(a).send(join());
        settle();

        assertThat(repeated.errors()).containsExactly("NAME_IN_USE");
        assertThat(repeated.isClosed()).isTrue();
        assertThat(c.isClosed()).isFalse();
        assertThat(a.engine().peers().provenLinkTo(C.id()).link()).isEqualTo(bound);
    }

    @Test
    void shouldTakeTheServersNextLinkOverTls() {
        ScriptedEnd next = mesh.dialOverTls(a, C.key()).send(join());
        settle();

        assertThat(next.errors()).isEmpty();
        assertThat(next.received("SERVER_WELCOME")).hasSize(1);
    }

    @Test
    void shouldTakePlainLinkOnceTheOtherIsGone() {
        c.close();
        settle();

        ScriptedEnd plain = mesh.dial(a).send(join());
        settle();

        assertThat(bound).isNotNull();
        assertThat(plain.errors()).isEmpty();
        assertThat(a.engine().peers().provenLinkTo(C.id())).isNotNull();
    }

    private Envelope join() {
        return Envelopes.serverHelloJoin(C).ts(mesh.now().epochMs()).build();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(600));
    }
}
