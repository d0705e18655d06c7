package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static io.socp.relay.testing.ScriptedEnd.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.LinkIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alice on relay A and Bob on B, linked; and a third end that does as it likes. */
class HostileEndTest {

    private final SimulatedMesh mesh = new SimulatedMesh(41);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private SimulatedRelay a;
    private ScriptedEnd stranger;

    @BeforeEach
    void linkTwoRelays() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.PINNED);
        a = relays.get(0);
        mesh.run(Duration.ofSeconds(20));
        alice.connect(a);
        bob.connect(relays.get(1));
        stranger = mesh.dial(a);
        settle();
    }

    @Test
    void shouldCloseStrangerWhoseFirstFrameIsNoHello() {
        stranger.send(Envelopes.msgDirect(CAROL, ALICE).build());
        settle();

        assertThat(stranger.errors()).containsExactly("UNKNOWN_TYPE");
        assertThat(stranger.isClosed()).isTrue();
    }

    @Test
    void shouldCloseStrangerWithUnusableKey() {
        stranger.send(Envelopes.userHello(CAROL).with("pubkey", "AAAA").build());
        settle();

        assertThat(stranger.errors()).containsExactly("BAD_KEY");
        assertThat(stranger.isClosed()).isTrue();
    }

    @Test
    void shouldNameFieldOfMalformedFrame() {
        stranger.send("{\"type\":\"USER_HELLO\",\"from\":\"x\"}".getBytes(UTF_8));
        stranger.send(Envelopes.userHello(CAROL).without("pubkey").build());
        settle();

        assertThat(stranger.received("ERROR"))
                .extracting(e -> text(e, "detail"))
                .containsExactly("missing field: to", "payload.pubkey: expected a string");
        assertThat(stranger.isClosed()).isFalse();
    }

    @Test
    void shouldAnswerUnknownType() {
        alice.send(Envelopes.msgDirect(ALICE, BOB).type("MSG_PRIVATE"));
        settle();

        assertThat(alice.link().errors()).containsExactly("UNKNOWN_TYPE");
        assertThat(alice.link().isClosed()).isFalse();
    }

    @Test
    void shouldRefuseUserWhoWritesInTheNameOfAnother() {
        stranger.send(Envelopes.userHello(CAROL).build());
        stranger.send(Envelopes.msgDirect(ALICE, BOB).ts(mesh.now().epochMs()).build());
        settle();

        assertThat(stranger.errors()).containsExactly("INVALID_SIG");
        assertThat(bob.received("USER_DELIVER")).isEmpty();
    }

    @Test
    void shouldNotLetForgedCopyHideTheGenuineMessage() {
        Envelope genuine = Envelopes.msgDirect(ALICE, BOB).ts(mesh.now().epochMs()).build();
        Envelope forged =
                Envelopes.msgDirect(ALICE, BOB)
                        .ts(genuine.ts())
                        .contentSig(text(genuine, "content_sig"))
                        .signedBy(TestKeys.MALLORY)
                        .build();

        alice.link().send(forged).send(genuine).send(genuine).send(forged);
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(alice.link().errors()).containsExactly("INVALID_SIG");
    }

    @Test
    void shouldTakeAuthorsContentSignatureWhereTransportSignatureIsMissing() {
        alice.send(Envelopes.msgDirect(ALICE, BOB).unsigned());
        alice.send(Envelopes.msgDirect(ALICE, BOB).unsigned().contentSig(null));
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(alice.link().errors()).containsExactly("INVALID_SIG");
    }

    @Test
    void shouldRefuseMessageOfAnotherTime() {
        long now = mesh.now().epochMs();

        alice.link().send(Envelopes.msgDirect(ALICE, BOB).ts(now - 121_000).build());
        alice.link().send(Envelopes.msgDirect(ALICE, BOB).ts(now + 121_000).build());
        settle();

        assertThat(alice.link().errors()).containsExactly("INVALID_SIG", "INVALID_SIG");
        assertThat(text(alice.last("ERROR"), "detail"))
                .startsWith("ts is 12")
                .endsWith("s ahead of this server's clock; at most 120 s are accepted");
        assertThat(bob.received("USER_DELIVER")).isEmpty();
    }

    @Test
    void shouldDropStaleGossipOfPeerSilently() {
        stranger.send(Envelopes.serverAnnounce(C).build());
        stranger.send(Envelopes.serverDeliver(C, CAROL, ALICE).ts(1).build());
        stranger.send(Envelopes.msgPublic(BOB).ts(1).build());
        settle();

        assertThat(stranger.errors()).isEmpty();
        assertThat(alice.received("USER_DELIVER")).isEmpty();
    }

    @Test
    void shouldNotLetUnsignedGreetingTakeOverLivingPeer() {
        stranger.send(Envelopes.serverAnnounce(B).unsigned().build());
        settle();
        Envelope sent = alice.tell(BOB, "for Bob only");
        settle();

        assertThat(stranger.errors()).containsExactly("INVALID_SIG");
        assertThat(stranger.isClosed()).isTrue();
        assertThat(bob.last("USER_DELIVER").ts()).isEqualTo(sent.ts());
    }

    @Test
    void shouldRefuseGreetingWithAnotherKeyThanThePinnedOne() {
        stranger.send(
                Envelopes.serverAnnounce(B)
                        .with("pubkey", MALLORY.key().text())
                        .signedBy(TestKeys.MALLORY)
                        .build());
        settle();

        assertThat(stranger.errors()).containsExactly("BAD_KEY");
        assertThat(stranger.isClosed()).isTrue();
        assertThat(a.notices()).anyMatch(n -> n.startsWith("WARN link refused: server " + B.id()));
    }

    @Test
    void shouldRefuseAnotherServerUnderOurId() {
        stranger.send(Envelopes.serverAnnounce(C).from(A.id()).build());
        settle();

        assertThat(stranger.errors()).containsExactly("NAME_IN_USE");
        assertThat(stranger.isClosed()).isTrue();
    }

    @Test
    void shouldAssignFreshIdToServerThatJoinsUnderOurs() {
        stranger.send(Envelopes.serverHelloJoin(C).from(A.id()).build());
        settle();
        ServerId assigned = assignedId();
        stranger.send(Envelopes.serverAnnounce(C).from(assigned).build());
        settle();

        assertThat(assigned).isNotEqualTo(A.id());
        assertThat(IdRule.UUID_V4.accepts(assigned.value())).isTrue();
        assertThat(a.engine().peers().keyOf(assigned)).isEqualTo(C.key());
    }

    @Test
    void shouldAssignFreshIdToServerThatJoinsUnderPeersId() {
        stranger.send(Envelopes.serverHelloJoin(C).from(B.id()).build());
        settle();

        assertThat(assignedId()).isNotEqualTo(B.id());
        assertThat(a.engine().peers().keyOf(B.id())).isEqualTo(B.key());
        assertThat(stranger.isClosed()).isFalse();
    }

    @Test
    void shouldAssignNothingToServerThatDoesNotProveItsKey() {
        stranger.send(Envelopes.serverHelloJoin(C).from(B.id()).unsigned().build());
        settle();

        assertThat(stranger.errors()).containsExactly("INVALID_SIG");
        assertThat(stranger.received("SERVER_WELCOME")).isEmpty();
    }

    @Test
    void shouldRefuseServerAtAddressToWhichAnotherKeyIsPinned() {
        stranger.send(Envelopes.serverHelloJoin(C).with("host", B.address().host()).build());
        settle();

        assertThat(stranger.errors()).containsExactly("BAD_KEY");
        assertThat(stranger.isClosed()).isTrue();
    }

    @Test
    void shouldKeepPeerWhoPassesOnAnotherKeyForThirdServer() {
        stranger.send(Envelopes.serverAnnounce(C).build());
        settle();

        stranger.send(
                Envelopes.serverAnnounce(B)
                        .with("pubkey", MALLORY.key().text())
                        .unsigned()
                        .build());
        settle();

        assertThat(stranger.isClosed()).isFalse();
        assertThat(stranger.errors()).isEmpty();
    }

    @Test
    void shouldDropEchoOfOwnGossip() {
        stranger.send(Envelopes.serverAnnounce(C).build());
        settle();
        int before = a.count(Outcome.Verdict.DUPLICATE);

        stranger.received("HEARTBEAT").forEach(stranger::send);
        stranger.received("USER_ADVERTISE").forEach(stranger::send);
        stranger.send(Envelopes.remove(A, ALICE).ts(mesh.now().epochMs()).build());
        settle();

        assertThat(a.count(Outcome.Verdict.DUPLICATE) - before).isEqualTo(3);
        assertThat(stranger.errors()).isEmpty();
        assertThat(a.engine().users().size()).isEqualTo(2);
    }

    @Test
    void shouldDropMessageThatComesBackFromAnotherPeer() {
        stranger.send(Envelopes.serverAnnounce(C).build());
        settle();
        alice.tellAll("once around");
        settle();
        Envelope looped = stranger.received("MSG_PUBLIC_CHANNEL").getFirst();

        stranger.send(looped);
        settle();

        assertThat(alice.received("MSG_PUBLIC_CHANNEL")).isEmpty();
        assertThat(bob.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(a.count(Outcome.Verdict.DUPLICATE)).isPositive();
    }

    @Test
    void shouldNeverAnswerErrorOrAck() {
        for (ScriptedEnd end : List.of(alice.link(), stranger)) {
            int before = end.received().size();
            end.send(Envelopes.error("anyone").build());
            end.send(Envelopes.error("").with("code", 7).build());
            end.send(Envelopes.ack("").without("msg_ref").build());
            end.send("{\"type\":\"ERROR\"}".getBytes(UTF_8));
            settle();
            assertThat(end.received()).hasSize(before);
            assertThat(end.isClosed()).isFalse();
        }
    }

    @Test
    void shouldAnswerErrorOfPeerNeither() {
        stranger.send(Envelopes.serverAnnounce(C).build());
        settle();

        stranger.send(Envelopes.error(C.id()).build()).send(Envelopes.ack(C.id()).build());
        settle();

        assertThat(stranger.errors()).isEmpty();
    }

    @Test
    void shouldBelieveOnlyHomeServerAboutItsUsers() {
        stranger.send(Envelopes.serverAnnounce(C).build());
        long now = mesh.now().epochMs();

        stranger.send(Envelopes.remove(B, BOB).signedBy(TestKeys.SERVER_C).ts(now).build());
        stranger.send(Envelopes.remove(C, BOB).ts(now).build());
        stranger.send(Envelopes.remove(C, BOB).with("server_id", B.id().value()).ts(now).build());
        stranger.send(Envelopes.advertise(C, ALICE).ts(now + 1).build());
        settle();

        assertThat(alice.tell(BOB, "still where you were?")).isNotNull();
        settle();
        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(a.notices())
                .contains(
                        "WARN server "
                                + C.id()
                                + " claims user "
                                + ALICE.id()
                                + ", who is online elsewhere: ignored");
    }

    @Test
    void shouldNotCrashOnChannelFrameWithoutSender() {
        stranger.send(Envelopes.serverAnnounce(C).build());
        settle();

        stranger.send(Envelopes.channelKeyShare(C).from("").build());
        stranger.send(Envelopes.channelKeyShare(C).from("not an id").build());
        settle();

        assertThat(stranger.errors()).containsExactly("UNKNOWN_TYPE", "UNKNOWN_TYPE");
    }

    @Test
    void shouldRefuseSecondIntroductionInFlightOnOneLink() {
        LinkId link = new LinkId(77);
        post(link, Envelopes.serverAnnounce(C).build());

        List<RelayEffect> toServer = post(link, Envelopes.serverAnnounce(MALLORY).build());
        List<RelayEffect> toUser = post(link, Envelopes.userHello(CAROL).build());

        assertThat(toServer).hasAtLeastOneElementOfType(RelayEffect.Close.class);
        assertThat(toUser).hasAtLeastOneElementOfType(RelayEffect.Close.class);
        assertThat(a.engine().peers().keyOf(MALLORY.id())).isNull();
        assertThat(a.engine().users().find(CAROL.id())).isNull();
    }

    /** Takes a frame that arrived before the link's other end was known. */
    private List<RelayEffect> post(LinkId link, Envelope envelope) {
        List<RelayEffect> effects = new ArrayList<>();
        var stranger = new LinkIdentity.Stranger();
        var work = (Intake.Work) path().intake(envelope, link, stranger, mesh.now());
        for (var effect : path().process(work.vetted(), link, stranger, mesh.now()).effects()) {
            RelayEvent event = ((RelayEffect.Post) effect).event();
            a.engine().controlPlane().onEvent(event, mesh.now(), effects::add);
        }
        return effects;
    }

    private DataPath path() {
        return a.engine().dataPath();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(500));
    }

    private ServerId assignedId() {
        return new ServerId(text(stranger.received("SERVER_WELCOME").getLast(), "assigned_id"));
    }
}
