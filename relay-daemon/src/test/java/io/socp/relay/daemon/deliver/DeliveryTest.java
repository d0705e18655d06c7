package io.socp.relay.daemon.deliver;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.StuckSocket;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Races between a frame's way through the house and its link's end, one step at a time. */
@ExtendWith(LeakCheck.class)
class DeliveryTest {

    private final EmbeddedRelay relay = new EmbeddedRelay();

    @AfterEach
    void finish() {
        relay.finish();
    }

    @Test
    void shouldTellHelloAndTrafficApartWhenTheyComeInOneRead() {
        FarEnd bob = hello(BOB);
        FarEnd alice = relay.connect();

        alice.send(
                frame(Envelopes.userHello(ALICE)),
                frame(Envelopes.msgDirect(ALICE, BOB)),
                frame(Envelopes.msgPublic(ALICE)));
        relay.settle();

        assertThat(types(bob.envelopes()))
                .containsExactly("USER_ADVERTISE", "USER_DELIVER", "MSG_PUBLIC_CHANNEL");
        assertThat(relay.verdicts()).endsWith("MSG_DIRECT ACCEPTED", "MSG_PUBLIC_CHANNEL ACCEPTED");
    }

    @Test
    void shouldLeaveToWorkersWhatIsToBeSigned() {
        FarEnd alice = hello(ALICE);

        alice.send("{\"type\":\"ACK\"}");

        assertThat(relay.verdicts()).doesNotContain("ACK ACCEPTED");
        relay.settle();
        assertThat(relay.verdicts()).endsWith("ACK ACCEPTED");
    }

    @Test
    void shouldTakeAnyNumberOfNoticesBeforeTheHello() {
        FarEnd stranger = relay.connect();
        WebSocketFrame[] frames = new WebSocketFrame[901];
        Arrays.setAll(frames, i -> new TextWebSocketFrame("{\"type\":\"ACK\"}"));
        frames[0] = frame(Envelopes.msgDirect(ALICE, BOB));

        stranger.send(frames);
        relay.settle();

        assertThat(relay.verdicts()).hasSizeLessThanOrEqualTo(frames.length);
    }

    @Test
    void shouldKeepNoUserWhoseLinkClosesDuringTheVerification() {
        FarEnd alice = relay.connect();
        alice.send(Envelopes.userHello(ALICE).build());

        alice.vanish();
        relay.settle();

        assertThat(relay.engine().users().size()).isZero();
        assertThat(relay.userLinks()).isEmpty();
        assertThat(relay.registry().all()).isEmpty();
    }

    @Test
    void shouldKeepNoUserWhoseLinkClosesBeforeTheControlPlaneHears() {
        FarEnd alice = relay.connect();
        alice.send(Envelopes.userHello(ALICE).build());
        relay.runPool();
        relay.runLinks();

        alice.vanish();
        relay.settle();

        assertThat(relay.engine().users().size()).isZero();
        assertThat(relay.userLinks()).isEmpty();
    }

    @Test
    void shouldKeepNoUserWhoseLinkClosesBeforeTheWelcomeIsSigned() {
        FarEnd alice = relay.connect();
        alice.send(Envelopes.userHello(ALICE).with("ext", Envelopes.knownServer(Actors.A)).build());
        relay.runPool();
        relay.runLinks();
        relay.runMesh();
        int whileOnline = relay.engine().users().size();

        alice.vanish();
        relay.settle();

        assertThat(whileOnline).isEqualTo(1);
        assertThat(relay.engine().users().size()).isZero();
        assertThat(relay.userLinks()).isEmpty();
    }

    @Test
    void shouldGiveTheNameToOneOfTwoHellosAtOnce() {
        FarEnd first = relay.connect();
        FarEnd second = relay.connect();
        first.send(Envelopes.userHello(ALICE).build());
        second.send(Envelopes.userHello(ALICE).ts(VirtualClock.START_EPOCH_MS + 1).build());

        relay.settle();

        assertThat(first.server().isOpen()).isTrue();
        assertThat(second.server().isOpen()).isFalse();
        assertThat(codes(second.envelopes())).containsExactly("NAME_IN_USE");
        assertThat(second.closeCode()).isEqualTo(1008);
        assertThat(relay.userLinks()).hasSize(1);
        assertThat(relay.engine().users().size()).isEqualTo(1);
    }

    @Test
    void shouldTakeAHelloOnceWhenTheSameFrameComesTwiceAtOnce() {
        FarEnd alice = relay.connect();
        WebSocketFrame hello = frame(Envelopes.userHello(ALICE));

        alice.send(hello.copy(), hello);
        relay.settle();

        assertThat(relay.userLinks()).hasSize(1);
        assertThat(alice.server().isOpen()).isTrue();
    }

    @Test
    void shouldDeliverWhatWasSaidBeforeTheLinkWent() {
        FarEnd bob = hello(BOB);
        FarEnd alice = hello(ALICE);
        bob.envelopes();
        alice.send(Envelopes.msgDirect(ALICE, BOB).build());

        alice.vanish();
        relay.settle();

        assertThat(types(bob.envelopes())).containsExactly("USER_DELIVER", "USER_REMOVE");
        assertThat(relay.engine().users().size()).isEqualTo(1);
    }

    @Test
    void shouldDeliverWhatIsSaidBetweenHelloAndGoodbyeInOneRead() {
        FarEnd bob = hello(BOB);
        FarEnd alice = relay.connect();

        alice.send(
                frame(Envelopes.userHello(ALICE)),
                frame(Envelopes.msgDirect(ALICE, BOB)),
                new CloseWebSocketFrame(1000, ""));
        relay.settle();

        assertThat(types(bob.envelopes()))
                .containsExactly("USER_ADVERTISE", "USER_DELIVER", "USER_REMOVE");
        assertThat(alice.closeCode()).isEqualTo(1000);
        assertThat(relay.engine().users().size()).isEqualTo(1);
        assertThat(relay.userLinks()).hasSize(1);
    }

    @Test
    void shouldReleaseWhatIsMeantForOneWhoLeavesMeanwhile() {
        FarEnd bob = hello(BOB);
        FarEnd carol = hello(CAROL);
        FarEnd alice = hello(ALICE);
        carol.envelopes();
        alice.send(Envelopes.msgPublic(ALICE).build());
        alice.send(Envelopes.msgDirect(ALICE, BOB).build());
        relay.runPool();

        var _ = bob.server().close();
        relay.settle();

        assertThat(types(carol.envelopes())).contains("MSG_PUBLIC_CHANNEL");
        assertThat(types(alice.envelopes())).contains("USER_REMOVE");
    }

    @Test
    void shouldIgnoreWhatIsReadAfterTheThirdMalformedFrame() {
        FarEnd bob = hello(BOB);
        FarEnd alice = hello(ALICE);
        bob.envelopes();
        StuckSocket socket = StuckSocket.on(alice.server());

        alice.send(
                new TextWebSocketFrame("one"),
                new TextWebSocketFrame("two"),
                new TextWebSocketFrame("three"),
                frame(Envelopes.msgDirect(ALICE, BOB)));
        relay.settle();

        assertThat(alice.server().isOpen()).isTrue();
        assertThat(bob.envelopes()).isEmpty();
        socket.drain();
        assertThat(codes(alice.envelopes())).hasSize(3);
        assertThat(alice.closeCode()).isEqualTo(1008);
    }

    @Test
    void shouldDeliverWhatCameBeforeTheThirdMalformedFrame() {
        FarEnd bob = hello(BOB);
        FarEnd alice = hello(ALICE);

        alice.send(
                new TextWebSocketFrame("one"),
                new TextWebSocketFrame("two"),
                frame(Envelopes.msgDirect(ALICE, BOB)),
                new TextWebSocketFrame("three"));
        relay.settle();

        assertThat(types(bob.envelopes())).contains("USER_DELIVER");
        assertThat(alice.server().isOpen()).isFalse();
    }

    @Test
    void shouldNotTakeAHelloReadTogetherWithARefusedFirstFrame() {
        FarEnd bob = hello(BOB);
        FarEnd alice = relay.connect();
        StuckSocket socket = StuckSocket.on(alice.server());

        alice.send(frame(Envelopes.listRequest(ALICE)), frame(Envelopes.userHello(ALICE)));
        relay.settle();

        assertThat(alice.server().isOpen()).isTrue();
        assertThat(bob.envelopes()).isEmpty();
        assertThat(relay.engine().users().size()).isEqualTo(1);
        socket.drain();
        assertThat(alice.closeCode()).isEqualTo(1008);
    }

    @Test
    void shouldAnswerInTheOrderOfTheQuestions() {
        FarEnd alice = hello(ALICE);

        alice.send(
                frame(Envelopes.msgDirect(ALICE, BOB)),
                frame(Envelopes.listRequest(ALICE).type("NONSENSE")),
                frame(Envelopes.listRequest(ALICE)),
                new TextWebSocketFrame("no JSON"));
        relay.settle();

        List<Envelope> answers = alice.envelopes();
        assertThat(types(answers)).containsExactly("ERROR", "ERROR", "LIST_RESPONSE", "ERROR");
        assertThat(codes(answers))
                .containsExactly("USER_NOT_FOUND", "UNKNOWN_TYPE", "UNKNOWN_TYPE");
    }

    @Test
    void shouldReadOnAfterABacklog() {
        FarEnd alice = hello(ALICE);
        WebSocketFrame[] many = new WebSocketFrame[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = frame(Envelopes.msgDirect(ALICE, BOB).ts(VirtualClock.START_EPOCH_MS + i));
        }

        alice.send(many);
        boolean whileBusy = alice.server().config().isAutoRead();
        relay.settle();
        boolean afterwards = alice.server().config().isAutoRead();

        assertThat(whileBusy).isFalse();
        assertThat(afterwards).isTrue();
    }

    @Test
    void shouldReleaseAReplayToOneWhoNeverReadsWhenTheLinkGoes() {
        for (Person person : List.of(BOB, CAROL)) {
            hello(person);
        }
        FarEnd alice = relay.connect();
        alice.send(Envelopes.userHello(ALICE).build());
        StuckSocket.on(alice.server());
        alice.server().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        relay.settle();

        alice.vanish();
        relay.settle();

        assertThat(relay.engine().users().size()).isEqualTo(2);
        assertThat(relay.registry().find(new LinkId(3))).isNull();
    }

    private FarEnd hello(Person person) {
        FarEnd end = relay.connect();
        end.send(Envelopes.userHello(person).build());
        relay.settle();
        assertThat(relay.engine().users().find(person.id())).isNotNull();
        return end;
    }

    private static WebSocketFrame frame(EnvelopeBuilder envelope) {
        return new TextWebSocketFrame(new String(envelope.build().bytes(), StandardCharsets.UTF_8));
    }

    private static List<String> types(List<Envelope> envelopes) {
        return envelopes.stream().map(Envelope::type).toList();
    }

    private static List<String> codes(List<Envelope> envelopes) {
        return envelopes.stream()
                .filter(e -> e.type().equals("ERROR"))
                .map(e -> ScriptedEnd.text(e, "code"))
                .toList();
    }
}
