package io.socp.relay.route;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Stages.admitted;
import static io.socp.relay.testing.Stages.linkOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.presence.UserLocation.Local;
import io.socp.relay.presence.UserLocation.Remote;
import io.socp.relay.presence.UserLocation.Unknown;
import io.socp.relay.route.RouteDecision.Answer;
import io.socp.relay.route.RouteDecision.Deliver;
import io.socp.relay.route.RouteDecision.Done;
import io.socp.relay.route.RouteDecision.Forward;
import io.socp.relay.route.RouteDecision.HandOn;
import io.socp.relay.route.RouteDecision.PassOn;
import io.socp.relay.route.RouteDecision.PassToAll;
import io.socp.relay.route.RouteDecision.ToControlPlane;
import io.socp.relay.route.RouteDecision.Undeliverable;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.Stages;
import io.socp.relay.verify.LinkIdentity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Relay A decides: Alice is here, Bob on B, Carol nowhere; B and C are in reach. */
class RouterTest {

    private static final LinkId TO_ALICE = new LinkId(1);

    private final Router router = new Router();
    private final View view =
            new View(
                    Map.of(ALICE.id(), new Local(TO_ALICE), BOB.id(), new Remote(B.id())),
                    Set.of(B.id(), C.id()),
                    Set.of(B.id(), C.id()));

    private record View(
            Map<UserId, UserLocation> users, Set<ServerId> inReach, Set<ServerId> linked)
            implements RoutingView {

        @Override
        public ServerId self() {
            return A.id();
        }

        @Override
        public UserLocation locate(UserId user) {
            return users.getOrDefault(user, new Unknown());
        }

        @Override
        public Set<ServerId> linked() {
            return linked;
        }

        @Override
        public @Nullable ServerId nextHop(ServerId home, @Nullable ServerId except) {
            return home.equals(except) || !inReach.contains(home) ? null : home;
        }
    }

    static Stream<EnvelopeBuilder> forControlPlane() {
        return Stream.of(
                Envelopes.heartbeat(B),
                Envelopes.serverHelloJoin(B),
                Envelopes.serverHelloLink(B),
                Envelopes.serverAnnounce(B),
                Envelopes.serverWelcome(B, A),
                Envelopes.advertise(B, BOB),
                Envelopes.remove(B, BOB),
                Envelopes.presenceBatch(B, List.of(BOB), List.of()));
    }

    static Stream<EnvelopeBuilder> thatEndHere() {
        return Stream.of(Envelopes.error(B.id()), Envelopes.ack(B.id()), Envelopes.ctrlClose());
    }

    @Test
    void shouldDeliverToLocalRecipientInOurFrame() {
        Envelope envelope = Envelopes.msgDirect(BOB, ALICE).build();
        var direct = (MsgDirect) Stages.message(envelope);

        RouteDecision decision = decide(envelope, linkOf(B));

        assertThat(decision)
                .isEqualTo(
                        new Deliver(
                                TO_ALICE,
                                new UserDeliver(
                                        A.id(),
                                        ALICE.id(),
                                        BOB.id(),
                                        envelope.ts(),
                                        direct.sealed())));
    }

    @Test
    void shouldDeliverToSenderThemselves() {
        assertThat(decide(Envelopes.msgDirect(ALICE, ALICE).build(), linkOf(ALICE)))
                .isInstanceOf(Deliver.class);
    }

    @Test
    void shouldForwardToServerOfRemoteRecipient() {
        Envelope envelope = Envelopes.msgDirect(ALICE, BOB).build();
        var direct = (MsgDirect) Stages.message(envelope);

        RouteDecision decision = decide(envelope, linkOf(ALICE));

        assertThat(decision)
                .isEqualTo(
                        new Forward(
                                B.id(),
                                B.id(),
                                new ServerDeliver(
                                        A.id(),
                                        BOB.id(),
                                        ALICE.id(),
                                        envelope.ts(),
                                        direct.sealed())));
    }

    @Test
    void shouldNameRecipientWhoIsNowhere() {
        assertThat(decide(Envelopes.msgDirect(ALICE, CAROL).build(), linkOf(ALICE)))
                .isEqualTo(new Undeliverable(CAROL.id().value()));
        assertThat(decide(Envelopes.serverDeliver(B, BOB, CAROL).build(), linkOf(B)))
                .isEqualTo(new Undeliverable(CAROL.id().value()));
        assertThat(decide(Envelopes.fileEnd(ALICE, CAROL.id()).build(), linkOf(ALICE)))
                .isEqualTo(new Undeliverable(CAROL.id().value()));
    }

    @Test
    void shouldNotForwardWhereHomeServerIsOutOfReach() {
        var cutOff = new View(view.users(), Set.of(C.id()), Set.of(C.id()));
        var envelope = Envelopes.msgDirect(ALICE, BOB).build();

        assertThat(router.decide(admitted(envelope, linkOf(ALICE)), cutOff))
                .isEqualTo(new Undeliverable(BOB.id().value()));
    }

    @Test
    void shouldDeliverWhatAnotherServerSendsForLocalUser() {
        Envelope envelope = Envelopes.serverDeliver(B, BOB, ALICE).build();
        var forwarded = (ServerDeliver) Stages.message(envelope);

        assertThat(decide(envelope, linkOf(B)))
                .isEqualTo(
                        new Deliver(
                                TO_ALICE,
                                new UserDeliver(
                                        A.id(),
                                        ALICE.id(),
                                        BOB.id(),
                                        envelope.ts(),
                                        forwarded.sealed())));
    }

    @Test
    void shouldPassOnWhatAnotherServerSendsForRemoteUser() {
        Envelope envelope = Envelopes.serverDeliver(C, CAROL, BOB).build();

        assertThat(decide(envelope, linkOf(C))).isEqualTo(new PassOn(B.id(), B.id(), BOB.id()));
    }

    @Test
    void shouldNeverSendBackToServerItCameFrom() {
        assertThat(decide(Envelopes.serverDeliver(B, ALICE, BOB).build(), linkOf(B)))
                .isEqualTo(new Undeliverable(BOB.id().value()));
        assertThat(decide(Envelopes.msgDirect(ALICE, BOB).build(), linkOf(B)))
                .isEqualTo(new Undeliverable(BOB.id().value()));
        assertThat(decide(Envelopes.fileEnd(ALICE, BOB.id()).build(), linkOf(B)))
                .isEqualTo(new Undeliverable(BOB.id().value()));
        assertThat(decide(Envelopes.msgPublic(BOB).build(), linkOf(B)))
                .isEqualTo(new PassToAll(List.of(C.id())));
    }

    @Test
    void shouldPassUsersPublicMessageToAllPeers() {
        var decision = (PassToAll) decide(Envelopes.msgPublic(ALICE).build(), linkOf(ALICE));

        assertThat(decision.peers()).containsExactlyInAnyOrder(B.id(), C.id());
    }

    @Test
    void shouldKeepOnlyOwnUsersPublicMessageForPeersThatMayReturn() {
        var lately = new View(view.users(), Set.of(B.id(), C.id()), Set.of(B.id()));
        var ofOurs = admitted(Envelopes.msgPublic(ALICE).build(), linkOf(ALICE));
        var ofTheirs = admitted(Envelopes.msgPublic(BOB).build(), linkOf(B));

        assertThat(((PassToAll) router.decide(ofOurs, lately)).peers())
                .containsExactlyInAnyOrder(B.id(), C.id());
        assertThat(((PassToAll) router.decide(ofTheirs, lately)).peers()).isEmpty();
    }

    @Test
    void shouldForwardToServerThatMayReturn() {
        var lately = new View(view.users(), Set.of(B.id(), C.id()), Set.of(C.id()));
        var envelope = Envelopes.msgDirect(ALICE, BOB).build();

        assertThat(router.decide(admitted(envelope, linkOf(ALICE)), lately))
                .isInstanceOf(Forward.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"public", "*", "all", "g123", ""})
    void shouldPassFileForPublicChannelToAll(String channel) {
        var decision =
                (PassToAll) decide(Envelopes.fileStart(ALICE, channel).build(), linkOf(ALICE));

        assertThat(decision.peers()).containsExactlyInAnyOrder(B.id(), C.id());
    }

    @Test
    void shouldPassFileOnUnchanged() {
        assertThat(decide(Envelopes.fileChunk(ALICE, BOB.id()).build(), linkOf(ALICE)))
                .isEqualTo(new PassOn(B.id(), B.id(), BOB.id()));
        assertThat(decide(Envelopes.fileChunk(BOB, ALICE.id()).build(), linkOf(B)))
                .isEqualTo(new HandOn(TO_ALICE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "two\nlines"})
    void shouldNotRouteFileToWhatCannotBeAnId(String to) {
        assertThat(decide(Envelopes.fileChunk(ALICE, to).build(), linkOf(ALICE)))
                .isEqualTo(new Undeliverable(to));
    }

    @ParameterizedTest
    @MethodSource("forControlPlane")
    void shouldLeaveMeshAndPresenceToControlPlane(EnvelopeBuilder builder) {
        assertThat(decide(builder.build(), linkOf(B))).isEqualTo(new ToControlPlane());
    }

    @Test
    void shouldLeaveStateOfPublicChannelToControlPlane() {
        assertThat(decide(Envelopes.channelAdd(B).build(), linkOf(B)))
                .isEqualTo(new ToControlPlane());
        assertThat(decide(Envelopes.channelUpdated(B).build(), linkOf(B)))
                .isEqualTo(new ToControlPlane());
    }

    @Test
    void shouldHandPublicMessageForOneUserToThatUser() {
        var toAlice = Envelopes.msgPublic(BOB).to(ALICE.id().value()).build();

        assertThat(decide(toAlice, linkOf(B))).isEqualTo(new HandOn(TO_ALICE));
    }

    @Test
    void shouldTakeNoNoteOfPresenceFromUserItself() {
        assertThat(decide(Envelopes.remove(A, ALICE).from(ALICE.id()).build(), linkOf(ALICE)))
                .isEqualTo(new Done());
    }

    @Test
    void shouldLeaveHelloToControlPlane() {
        assertThat(decide(Envelopes.userHello(CAROL).build(), new LinkIdentity.Stranger()))
                .isEqualTo(new ToControlPlane());
    }

    @ParameterizedTest
    @MethodSource("thatEndHere")
    void shouldEndHereWhatIsOnlyTakenNoteOf(EnvelopeBuilder builder) {
        assertThat(decide(builder.build(), linkOf(B))).isEqualTo(new Done());
    }

    @Test
    void shouldAnswerQuestions() {
        assertThat(decide(Envelopes.listRequest(ALICE).build(), linkOf(ALICE)))
                .isEqualTo(new Answer(new QueryMessage.ListRequest("")));
        assertThat(decide(Envelopes.pubkeyRequest(ALICE, BOB).build(), linkOf(ALICE)))
                .isEqualTo(new Answer(new QueryMessage.PubkeyRequest(BOB.id())));
    }

    private RouteDecision decide(Envelope envelope, LinkIdentity link) {
        return router.decide(admitted(envelope, link), view);
    }
}
