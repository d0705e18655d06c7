package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Alice is on relay A, with which C is linked; another end has C's signed frames from the wire, and
 * repeats them.
 */
class ReplayedGreetingTest {

    private static final String HOME = "192.0.2.1";
    private static final String ELSEWHERE = "192.0.2.66";

    private final SimulatedMesh mesh = new SimulatedMesh(53);
    private final SimulatedUser alice = mesh.user(ALICE);
    private SimulatedRelay a;
    private ScriptedEnd c;
    private Envelope join;

    @BeforeEach
    void link() {
        a = mesh.relay(A).start(List.of());
        mesh.refuse(C.address());
        alice.connect(a);
        join = now(Envelopes.serverHelloJoin(C));
        c = mesh.dial(a, HOME).send(join);
        c.send(now(Envelopes.advertise(C, CAROL)));
        settle();
    }

    @Test
    void shouldNotTakeOldGreetingForProof() {
        for (int i = 0; i < 9; i++) {
            c.send(now(Envelopes.heartbeat(C)));
            mesh.run(Duration.ofSeconds(15));
        }

        ScriptedEnd replayer = mesh.dial(a, ELSEWHERE).send(join);
        settle();

        assertThat(replayer.errors()).containsExactly("INVALID_SIG");
        assertThat(replayer.isClosed()).isTrue();
        assertThat(c.isClosed()).isFalse();
    }

    @Test
    void shouldNotTakeOldGreetingOfUnknownServerForProof() {
        Envelope old = Envelopes.serverHelloJoin(MALLORY).build();
        mesh.run(Duration.ofSeconds(121));

        ScriptedEnd replayer = mesh.dial(a, ELSEWHERE).send(old);
        settle();

        assertThat(replayer.isClosed()).isFalse();
        assertThat(a.engine().peers().provenLinkTo(MALLORY.id())).isNull();
    }

    /** What is not prevented: the time of a frame is not signed. */
    @Test
    void shouldTakeGreetingWithNewTimeForProofForAsLongAsHeartbeatsFollow() {
        ScriptedEnd replayer = mesh.dial(a, ELSEWHERE).send(now(Envelopes.serverHelloJoin(C)));
        settle();
        // Whom it does not name again counts as gone.
        replayer.send(now(Envelopes.advertise(C, CAROL)));
        for (int i = 0; i < 8; i++) {
            c.send(now(Envelopes.heartbeat(C)));
            mesh.run(Duration.ofSeconds(7));
            replayer.send(now(Envelopes.heartbeat(C)));
            mesh.run(Duration.ofSeconds(8));
        }

        alice.tell(CAROL, "lost");
        c.send(now(Envelopes.serverDeliver(C, CAROL, ALICE)));
        settle();
        mesh.run(Duration.ofSeconds(60));
        ScriptedEnd back = mesh.dial(a, HOME).send(now(Envelopes.serverHelloJoin(C)));
        back.send(now(Envelopes.advertise(C, CAROL)));
        settle();
        alice.tell(CAROL, "not lost");
        settle();

        assertThat(replayer.received("SERVER_DELIVER")).hasSize(1);
        assertThat(c.received("SERVER_DELIVER")).isEmpty();
        assertThat(alice.received("USER_DELIVER")).hasSize(1);
        assertThat(replayer.isClosed()).isTrue();
        assertThat(back.received("SERVER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldHoldNothingAgainstServerThatAnotherDoesWithItsGreeting() {
        ScriptedEnd replayer = mesh.dial(a, ELSEWHERE).send(now(Envelopes.serverHelloJoin(C)));
        settle();

        flood(replayer, now(Envelopes.heartbeat(C).signedBy(TestKeys.MALLORY)), 2_001);

        assertStillWelcome(replayer);
    }

    @Test
    void shouldHoldNothingAgainstServerForItsOwnPresenceRepeatedElsewhere() {
        ScriptedEnd replayer = mesh.dial(a, ELSEWHERE).send(now(Envelopes.serverHelloJoin(C)));
        settle();
        Envelope captured = now(Envelopes.advertise(C, CAROL));

        flood(replayer, captured, 5_002);

        assertStillWelcome(replayer);
        assertThat(a.engine().users().find(CAROL.id())).isNotNull();
    }

    @Test
    void shouldHoldNothingAgainstServerThatIsNotWithoutFaultItself() {
        c.send(now(Envelopes.advertise(C, CAROL)));
        ScriptedEnd replayer = mesh.dial(a, ELSEWHERE).send(now(Envelopes.serverHelloJoin(C)));
        settle();

        flood(replayer, now(Envelopes.heartbeat(C).signedBy(TestKeys.MALLORY)), 2_001);

        assertStillWelcome(replayer);
    }

    /**
     * The other end is cut, and comes back as nobody; C stays, is heard whatever every server does
     * now and then, and may come again.
     */
    private void assertStillWelcome(ScriptedEnd replayer) {
        assertThat(replayer.isClosed()).isTrue();
        assertThat(c.isClosed()).isFalse();
        c.send(now(Envelopes.advertise(C, CAROL)));
        settle();
        c.send(now(Envelopes.serverDeliver(C, CAROL, ALICE)));
        settle();
        assertThat(alice.received("USER_DELIVER")).hasSize(1);
        ScriptedEnd again = mesh.dial(a, ELSEWHERE).send(now(Envelopes.serverHelloJoin(C)));
        settle();
        assertThat(again.errors()).containsExactly("NAME_IN_USE");
        ScriptedEnd genuine = mesh.dial(a, HOME).send(now(Envelopes.serverHelloJoin(C)));
        settle();
        assertThat(genuine.errors()).isEmpty();
        assertThat(genuine.received("SERVER_WELCOME")).hasSize(1);
    }

    private void flood(ScriptedEnd end, Envelope frame, int times) {
        for (int i = 0; i < times; i++) {
            end.send(frame);
        }
        settle();
    }

    private Envelope now(EnvelopeBuilder builder) {
        return builder.ts(mesh.now().epochMs()).build();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(600));
    }
}
