package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.engine.TrailStep.End;
import io.socp.relay.engine.TrailStep.Fate;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.message.MessageReference;
import io.socp.relay.message.MessageType;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What relays A, with Alice, and B, with Bob, remember of what these say. */
class TrailConversationTest {

    private final SimulatedMesh mesh = new SimulatedMesh(47);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private SimulatedRelay a;
    private SimulatedRelay b;

    @BeforeEach
    void linkTwoRelays() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.PINNED);
        a = relays.get(0);
        b = relays.get(1);
        mesh.run(Duration.ofSeconds(20));
        alice.connect(a);
        bob.connect(b);
        mesh.run(Duration.ofSeconds(5));
    }

    @Test
    void shouldTellTheWayOfADirectMessage() {
        Envelope sent = alice.tell(BOB, "hi");
        mesh.run(Duration.ofSeconds(1));

        assertThat(steps(a, sent))
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.type()).isEqualTo(MessageType.MSG_DIRECT);
                    assertThat(step.from()).isEqualTo(new End.User(ALICE.id()));
                    assertThat(step.fate()).isEqualTo(Fate.ACCEPTED);
                    assertThat(step.to()).isEqualTo(new End.Server(B.id()));
                });
        assertThat(steps(b, sent))
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.type()).isEqualTo(MessageType.SERVER_DELIVER);
                    assertThat(step.from()).isEqualTo(new End.Server(A.id()));
                    assertThat(step.fate()).isEqualTo(Fate.ACCEPTED);
                    assertThat(step.to()).isEqualTo(new End.User(BOB.id()));
                });
    }

    @Test
    void shouldTellThatAMessageReachedNobody() {
        Envelope sent = alice.tell(CAROL, "hi");
        mesh.run(Duration.ofSeconds(1));

        assertThat(steps(a, sent)).extracting(TrailStep::fate).containsExactly(Fate.UNDELIVERABLE);
    }

    @Test
    void shouldTellThatAnAcceptedMessageWasGivenUp() {
        Envelope sent = alice.tell(BOB, "hi");
        mesh.run(Duration.ofSeconds(1));
        long reference = MessageReference.bitsOf(ScriptedEnd.text(sent, "content_sig"));

        a.onEvent(new RelayEvent.Undelivered(new Complaint(ALICE.id(), BOB.id(), reference)));

        assertThat(steps(a, sent))
                .extracting(TrailStep::fate)
                .containsExactly(Fate.ACCEPTED, Fate.GIVEN_UP);
        assertThat(steps(a, sent).getLast().to()).isEqualTo(new End.User(BOB.id()));
    }

    @Test
    void shouldTellOfCopies() {
        Envelope sent = alice.tell(BOB, "hi");
        alice.link().send(sent);
        mesh.run(Duration.ofSeconds(1));

        assertThat(steps(a, sent))
                .extracting(TrailStep::fate)
                .containsExactly(Fate.ACCEPTED, Fate.DUPLICATE);
    }

    @Test
    void shouldTellWhereAMessageToAllWent() {
        Envelope sent = alice.tellAll("hi");
        mesh.run(Duration.ofSeconds(1));

        assertThat(steps(a, sent)).extracting(TrailStep::to).containsExactly(new End.Everyone(1));
        assertThat(steps(b, sent)).extracting(TrailStep::to).containsExactly(new End.Everyone(0));
    }

    private List<TrailStep> steps(SimulatedRelay relay, Envelope sent) {
        MessageReference reference =
                MessageReference.of(ScriptedEnd.text(sent, "content_sig")).orElseThrow();
        return relay.engine().trail().steps(reference, mesh.now());
    }
}
