package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Dial;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Relay A, event by event; its bootstrap file names one introducer, which pins Mallory's key. */
class IntroducerTest {

    private static final LinkId DIALLED = new LinkId(1);
    private static final LinkIdentity STRANGER = new LinkIdentity.Stranger();

    private long nextLink = 100;
    private final VirtualClock clock = new VirtualClock();
    private final FrameSigner signer = new FrameSigner(A.keys().signer()::sign);
    private final RelayEngine engine =
            RelayEngine.create(
                    new Self(A.id(), A.key(), A.address()),
                    EngineSettings.standard(),
                    List.of(new Introducer(MALLORY.address(), MALLORY.key())),
                    new RelayEngine.Surroundings(
                            clock, new SplittableRandom(1), new SignatureVerifier()));

    @Test
    void shouldGreetIntroducerWithJoinToItsAddress() {
        List<RelayEffect> effects = openLink();

        Envelope join = sent(effects).getFirst();
        assertThat(join.type()).isEqualTo("SERVER_HELLO_JOIN");
        assertThat(join.to()).isEqualTo(MALLORY.address().toString());
        assertThat(effects)
                .contains(new Identify(DIALLED, new LinkIdentity.Introducer(MALLORY.key())));
    }

    @Test
    void shouldAnnounceItselfOnceWelcomed() {
        openLink();

        List<RelayEffect> effects = answer(Envelopes.serverWelcome(MALLORY, A).build());

        assertThat(sent(effects)).extracting(Envelope::type).containsExactly("SERVER_ANNOUNCE");
        assertThat(effects)
                .contains(
                        new Identify(
                                DIALLED, new LinkIdentity.Server(MALLORY.id(), MALLORY.key())));
        assertThat(engine.peers().linkTo(MALLORY.id())).isEqualTo(DIALLED);
    }

    @Test
    void shouldAnnounceItselfToServerThatWelcomesNobody() {
        openLink();

        assertThat(tickAfter(1_999)).isEmpty();
        assertThat(sent(tickAfter(1)))
                .extracting(Envelope::type)
                .containsExactly("SERVER_ANNOUNCE");
    }

    @Test
    void shouldCloseAndRetryWhenNoSignComesInTime() {
        openLink();
        tickAfter(2_000);

        assertThat(tickAfter(44_999)).noneMatch(Close.class::isInstance);
        assertThat(tickAfter(1)).hasAtLeastOneElementOfType(Close.class);
        assertThat(tickAfter(1_000)).hasAtLeastOneElementOfType(Dial.class);
    }

    @Test
    void shouldRecogniseServerThatWelcomesNobodyByWhatItSigns() {
        openLink();
        tickAfter(2_000);

        answer(Envelopes.advertise(MALLORY, BOB).build());

        assertThat(engine.peers().linkTo(MALLORY.id())).isEqualTo(DIALLED);
        assertThat(engine.users().locate(BOB.id()))
                .isEqualTo(new UserLocation.Remote(MALLORY.id()));
    }

    @Test
    void shouldRefuseAndRetryIntroducerThatTakesIdOfPeerWithAnotherKey() {
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(B).build());
        openLink();

        List<RelayEffect> effects =
                answer(
                        Envelopes.serverWelcome(B, A)
                                .with("pubkey", MALLORY.key().text())
                                .signedBy(TestKeys.MALLORY)
                                .build());

        assertThat(effects).hasAtLeastOneElementOfType(Close.class);
        assertThat(engine.peers().keyOf(B.id())).isEqualTo(B.key());
        assertThat(engine.peers().linkTo(B.id())).isEqualTo(new LinkId(7));
        assertThat(tickAfter(1_000)).hasAtLeastOneElementOfType(Dial.class);
    }

    @Test
    void shouldDialNobodyOnTheWordOfIntroducerThatIsRefused() {
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(B).build());
        openLink();

        answer(
                Envelopes.serverWelcome(B, A)
                        .with("pubkey", MALLORY.key().text())
                        .with("servers", new JsonArray(List.of(Envelopes.knownServer(C))))
                        .signedBy(TestKeys.MALLORY)
                        .build());

        assertThat(tickAfter(60_000))
                .filteredOn(Dial.class::isInstance)
                .extracting(dial -> ((Dial) dial).address())
                .doesNotContain(C.address());
    }

    @Test
    void shouldNotMistakeAnotherServerUnderOurIdForOurselves() {
        openLink();

        List<RelayEffect> effects =
                answer(Envelopes.serverWelcome(MALLORY, A).from(A.id()).build());

        assertThat(effects).hasAtLeastOneElementOfType(Close.class);
        assertThat(engine.peers().linked()).isEmpty();
        assertThat(tickAfter(1_000)).hasAtLeastOneElementOfType(Dial.class);
    }

    @Test
    void shouldTakeOwnJoinThatComesBackForOurselves() {
        RelayEngine unpinned =
                RelayEngine.create(
                        new Self(A.id(), A.key(), A.address()),
                        EngineSettings.standard(),
                        List.of(new Introducer(B.address(), null)),
                        new RelayEngine.Surroundings(
                                clock, new SplittableRandom(1), new SignatureVerifier()));
        Dial dial = (Dial) on(unpinned, new RelayEvent.Tick()).getFirst();
        Envelope join =
                sent(on(unpinned, new RelayEvent.LinkOpened(dial.contact(), DIALLED))).getFirst();

        List<RelayEffect> effects =
                take(unpinned, DIALLED, new LinkIdentity.Introducer(null), join);

        assertThat(effects).hasAtLeastOneElementOfType(Close.class);
        assertThat(unpinned.peers().linked()).isEmpty();
        clock.advanceMs(600_000);
        assertThat(on(unpinned, new RelayEvent.Tick())).isEmpty();
    }

    @Test
    void shouldAdoptIdThatPinnedIntroducerAssigns() {
        openLink();
        Envelope welcome =
                Envelopes.serverWelcome(MALLORY, A).with("assigned_id", C.id().value()).build();

        List<RelayEffect> effects = answer(welcome);

        assertThat(effects).contains(new RelayEffect.Rename(C.id()));
        assertThat(effects).filteredOn(Close.class::isInstance).hasSize(1);
    }

    @Test
    void shouldNotTakeAnotherIdFromIntroducerWhoseKeyIsNotPinned() {
        RelayEngine unpinned =
                RelayEngine.create(
                        new Self(A.id(), A.key(), A.address()),
                        EngineSettings.standard(),
                        List.of(new Introducer(MALLORY.address(), null)),
                        new RelayEngine.Surroundings(
                                clock, new SplittableRandom(1), new SignatureVerifier()));
        Dial dial = (Dial) on(unpinned, new RelayEvent.Tick()).getFirst();
        on(unpinned, new RelayEvent.LinkOpened(dial.contact(), DIALLED));
        Envelope welcome =
                Envelopes.serverWelcome(MALLORY, A).with("assigned_id", C.id().value()).build();

        List<RelayEffect> effects =
                take(unpinned, DIALLED, new LinkIdentity.Introducer(null), welcome);

        assertThat(effects).noneMatch(RelayEffect.Rename.class::isInstance);
        assertThat(effects).filteredOn(Close.class::isInstance).hasSize(1);
    }

    @Test
    void shouldSayWhyIntroducerIsLeftThatAssignsAnotherId() {
        openLink();

        List<RelayEffect> effects =
                answer(
                        Envelopes.serverWelcome(MALLORY, A)
                                .with("assigned_id", C.id().value())
                                .build());

        assertThat(effects).filteredOn(Close.class::isInstance).hasSize(1);
        assertThat(effects)
                .filteredOn(Report.class::isInstance)
                .singleElement()
                .asString()
                .contains("assigned " + C.id());
        assertThat(engine.peers().linked()).isEmpty();
    }

    @Test
    void shouldCloseLinkThatOpensWhenNoLongerNeeded() {
        Dial dial = (Dial) on(engine, new RelayEvent.Tick()).getFirst();
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(MALLORY).build());

        List<RelayEffect> effects = on(engine, new RelayEvent.LinkOpened(dial.contact(), DIALLED));

        assertThat(effects)
                .containsExactly(new Close(DIALLED, CloseReason.NORMAL, "no longer needed"));
    }

    @Test
    void shouldAnswerJoinBeforeAnyoneElseCanWriteOnTheLink() {
        var linkedWhenAnswered = new ArrayList<Boolean>();
        RelayEvent event =
                received(engine, DIALLED, STRANGER, Envelopes.serverHelloJoin(B).build());

        engine.controlPlane()
                .onEvent(
                        event,
                        clock.now(),
                        effect -> {
                            if (effect instanceof Send) {
                                linkedWhenAnswered.add(engine.peers().linkTo(B.id()) != null);
                            }
                        });

        assertThat(linkedWhenAnswered).startsWith(false);
        assertThat(engine.peers().linkTo(B.id())).isEqualTo(DIALLED);
    }

    @Test
    void shouldNameNoMoreServersThanFrameCanHold() {
        JsonObject own = JsonObject.builder().put("v", 1).build();

        assertThat(serversInWelcome(Envelopes.serverHelloJoin(B).with("ext", own))).isEqualTo(200);
        assertThat(serversInWelcome(Envelopes.serverHelloJoin(B))).isEqualTo(81);
        assertThat(
                        serversInWelcome(
                                Envelopes.serverHelloJoin(B)
                                        .with("pubkey", B.key().text(KeyContainer.PEM_BASE64URL))))
                .isEqualTo(81);
    }

    @Test
    void shouldNameAllServersToOwnRelayInAsManyFramesAsItTakes() {
        RelayEngine relay = withPeers(201);
        JsonObject own = JsonObject.builder().put("v", 1).build();
        var link = new LinkId(nextLink++);
        take(relay, link, STRANGER, Envelopes.serverHelloJoin(B).with("ext", own).build());

        on(relay, new RelayEvent.Tick());
        clock.advanceMs(250);
        List<Envelope> named = sent(on(relay, new RelayEvent.Tick()));

        assertThat(named)
                .filteredOn(frame -> frame.type().equals("SERVER_WELCOME"))
                .extracting(IntroducerTest::rows)
                .containsExactly(200, 2);
    }

    /** An engine that believes each signature, linked with so many servers. */
    private RelayEngine withPeers(int peers) {
        RelayEngine relay =
                RelayEngine.create(
                        new Self(A.id(), A.key(), A.address()),
                        EngineSettings.standard(),
                        List.of(),
                        new RelayEngine.Surroundings(
                                clock, new SplittableRandom(1), (_, _, _) -> true));
        for (int i = 1; i <= peers; i++) {
            var id = new ServerId("%08x-0000-4000-8000-000000000000".formatted(0x100 + i));
            Envelope greeting =
                    Envelopes.serverAnnounce(C).from(id).with("pubkey", TestKeys.madeUp(i)).build();
            take(relay, new LinkId(nextLink++), STRANGER, greeting);
        }
        return relay;
    }

    private static int rows(Envelope welcome) {
        return ((JsonArray) welcome.payload().members().get("servers")).elements().size();
    }

    private int serversInWelcome(EnvelopeBuilder join) {
        List<RelayEffect> effects =
                take(
                        withPeers(201),
                        new LinkId(nextLink++),
                        STRANGER,
                        join.signedBy(B.keys()).build());

        Envelope welcome = sent(effects).getFirst();
        assertThat(EnvelopeBuilder.decode(welcome.bytes())).isEqualTo(welcome);
        return rows(welcome);
    }

    @Test
    void shouldNotTakeUpDisplayNameThatNoHelloCouldCarry() {
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(B).build());
        var link = new LinkIdentity.Server(B.id(), B.key());

        take(new LinkId(7), link, advertised(1, "x".repeat(64)));
        assertThat(engine.users().find(BOB.id()).displayName()).hasSize(64);
        take(new LinkId(7), link, advertised(2, "x".repeat(65)));

        assertThat(engine.users().find(BOB.id()).advertisedTs()).isEqualTo(2);
        assertThat(engine.users().find(BOB.id()).displayName()).isNull();
    }

    @Test
    void shouldTellGossipToEveryPeerButItsSender() {
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(B).build());
        take(new LinkId(8), STRANGER, Envelopes.serverAnnounce(C).build());

        List<RelayEffect> effects =
                take(
                        new LinkId(7),
                        new LinkIdentity.Server(B.id(), B.key()),
                        Envelopes.advertise(B, BOB).build());

        assertThat(effects)
                .filteredOn(Send.class::isInstance)
                .singleElement()
                .satisfies(
                        send -> assertThat(((Send) send).links()).containsExactly(new LinkId(8)));
    }

    @Test
    void shouldMoveUserOnlyWhenItsLivingHomeLetsGo() {
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(B).build());
        take(new LinkId(8), STRANGER, Envelopes.serverAnnounce(C).build());
        var fromB = new LinkIdentity.Server(B.id(), B.key());
        var fromC = new LinkIdentity.Server(C.id(), C.key());
        long now = clock.now().epochMs();
        take(new LinkId(7), fromB, Envelopes.advertise(B, BOB).ts(now - 10).build());

        take(new LinkId(8), fromC, Envelopes.advertise(C, BOB).ts(now).build());
        var afterClaim = engine.users().locate(BOB.id());
        take(new LinkId(7), fromB, Envelopes.remove(B, BOB).ts(now - 5).build());
        var afterRemoval = engine.users().locate(BOB.id());

        assertThat(afterClaim).isEqualTo(new UserLocation.Remote(B.id()));
        assertThat(afterRemoval).isEqualTo(new UserLocation.Remote(C.id()));
    }

    @Test
    void shouldTakeKeyFromMessageOfUserAdvertisedWithoutOne() {
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(B).build());
        take(new LinkId(8), STRANGER, Envelopes.serverAnnounce(C).build());
        var fromB = new LinkIdentity.Server(B.id(), B.key());
        var fromC = new LinkIdentity.Server(C.id(), C.key());
        var bare = Envelopes.advertise(B, BOB).without("pubkey").with("meta", JsonObject.EMPTY);
        take(new LinkId(7), fromB, bare.build());
        Envelope text = Envelopes.msgPublic(BOB).build();

        var home = engine.dataPath().intake(text, new LinkId(7), fromB, clock.now());
        var other = engine.dataPath().intake(text, new LinkId(8), fromC, clock.now());

        var vetted = ((Intake.Work) home).vetted();
        assertThat(engine.dataPath().process(vetted, new LinkId(7), fromB, clock.now()).verdict())
                .isEqualTo(Outcome.Verdict.ACCEPTED);
        assertThat(other).isInstanceOf(Intake.Ended.class);
    }

    @Test
    void shouldForgetClaimThatIsWithdrawn() {
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(B).build());
        take(new LinkId(8), STRANGER, Envelopes.serverAnnounce(C).build());
        var fromB = new LinkIdentity.Server(B.id(), B.key());
        var fromC = new LinkIdentity.Server(C.id(), C.key());
        long now = clock.now().epochMs();
        take(new LinkId(7), fromB, Envelopes.advertise(B, BOB).ts(now - 10).build());

        take(new LinkId(8), fromC, Envelopes.advertise(C, BOB).ts(now - 8).build());
        take(new LinkId(8), fromC, Envelopes.remove(C, BOB).ts(now - 6).build());
        take(new LinkId(7), fromB, Envelopes.remove(B, BOB).ts(now - 5).build());

        assertThat(engine.users().find(BOB.id())).isNull();
    }

    @Test
    void shouldHearNewsOfLinkedServerFromNobodyElse() {
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(B).build());
        take(new LinkId(8), STRANGER, Envelopes.serverAnnounce(C).build());
        var fromB = new LinkIdentity.Server(B.id(), B.key());
        var fromC = new LinkIdentity.Server(C.id(), C.key());
        take(new LinkId(7), fromB, Envelopes.advertise(B, BOB).build());

        // The payload's signature says nothing of the time: signed once, it could be repeated.
        Envelope replayed = Envelopes.remove(B, BOB).ts(clock.now().epochMs()).build();
        Intake intake = engine.dataPath().intake(replayed, new LinkId(8), fromC, clock.now());

        assertThat(intake)
                .isInstanceOfSatisfying(
                        Intake.Ended.class,
                        ended -> assertThat(ended.outcome().effects()).isEmpty());
        assertThat(engine.users().find(BOB.id())).isNotNull();
    }

    @Test
    void shouldAdvertiseUserInFrameThatAnyoneCanCheck() {
        take(new LinkId(7), STRANGER, Envelopes.serverAnnounce(B).build());

        List<RelayEffect> effects =
                take(new LinkId(5), STRANGER, Envelopes.userHello(ALICE).build());

        Envelope advertise = sent(effects).getFirst();
        assertThat(advertise.type()).isEqualTo("USER_ADVERTISE");
        assertThat(advertise.from()).isEqualTo(A.id().value());
        assertThat(advertise.ts()).isEqualTo(clock.now().epochMs());
    }

    private static Envelope advertised(long ts, String displayName) {
        var meta = JsonObject.builder().put("display_name", displayName).build();
        return Envelopes.advertise(B, BOB).with("meta", meta).ts(ts).build();
    }

    private List<RelayEffect> openLink() {
        Dial dial = (Dial) on(engine, new RelayEvent.Tick()).getFirst();
        assertThat(dial.address()).isEqualTo(MALLORY.address());
        return on(engine, new RelayEvent.LinkOpened(dial.contact(), DIALLED));
    }

    private List<RelayEffect> tickAfter(long ms) {
        clock.advanceMs(ms);
        return on(engine, new RelayEvent.Tick());
    }

    private List<RelayEffect> answer(Envelope envelope) {
        return take(DIALLED, new LinkIdentity.Introducer(MALLORY.key()), envelope);
    }

    private List<RelayEffect> take(LinkId link, LinkIdentity identity, Envelope envelope) {
        return take(engine, link, identity, envelope);
    }

    private List<RelayEffect> take(
            RelayEngine relay, LinkId link, LinkIdentity identity, Envelope envelope) {
        return on(relay, received(relay, link, identity, envelope));
    }

    /** What the data path tells the control plane of this frame. */
    private RelayEvent received(
            RelayEngine relay, LinkId link, LinkIdentity identity, Envelope envelope) {
        var work = (Intake.Work) relay.dataPath().intake(envelope, link, identity, clock.now());
        Outcome outcome = relay.dataPath().process(work.vetted(), link, identity, clock.now());
        return ((RelayEffect.Post) outcome.effects().getFirst()).event();
    }

    private List<RelayEffect> on(RelayEngine relay, RelayEvent event) {
        List<RelayEffect> effects = new ArrayList<>();
        relay.controlPlane().onEvent(event, clock.now(), effects::add);
        return effects;
    }

    private List<Envelope> sent(List<RelayEffect> effects) {
        return effects.stream()
                .filter(Send.class::isInstance)
                .map(send -> EnvelopeBuilder.decode(((Send) send).frame().bytes(signer)))
                .toList();
    }
}
