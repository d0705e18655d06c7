package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Dial;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Relay A among servers with other habits, event by event; it is told of B by a pinned entry. */
class ForeignServerTest {

    private static final LinkIdentity STRANGER = new LinkIdentity.Stranger();
    private static final LinkId DIALLED = new LinkId(1);
    private static final LinkId THEIRS = new LinkId(2);
    private static final LinkId LATER = new LinkId(3);

    private final VirtualClock clock = new VirtualClock();
    private final FrameSigner signer = new FrameSigner(A.keys().signer()::sign);
    private final RelayEngine engine =
            RelayEngine.create(
                    new Self(A.id(), A.key(), A.address()),
                    EngineSettings.standard(),
                    List.of(new Introducer(B.address(), B.key().in(KeyContainer.PEM_BASE64URL))),
                    new RelayEngine.Surroundings(
                            clock, new SplittableRandom(1), new SignatureVerifier()));

    @Test
    void shouldJoinWithKeyInContainerOfThePinnedOne() {
        Envelope join = sent(openLink()).getFirst();

        assertThat(text(join, "pubkey")).isEqualTo(A.key().text(KeyContainer.PEM_BASE64URL));
    }

    @Test
    void shouldTakeUnsignedWelcomeWithKeyInItsOwnRow() {
        openLink();

        List<RelayEffect> effects = take(DIALLED, introducer(), unsignedWelcome());

        assertThat(engine.peers().linkTo(B.id())).isEqualTo(DIALLED);
        Envelope announce = sent(effects).getFirst();
        assertThat(announce.type()).isEqualTo("SERVER_ANNOUNCE");
        assertThat(text(announce, "pubkey")).isEqualTo(A.key().text(KeyContainer.PEM_BASE64URL));
    }

    @Test
    void shouldLeaveLinkOfUnsignedWelcomeThatNothingSignedFollows() {
        openLink();
        take(DIALLED, introducer(), unsignedWelcome());
        on(new RelayEvent.LinkHeard(DIALLED));

        clock.advanceMs(45_000);

        assertThat(on(new RelayEvent.Tick()))
                .anyMatch(e -> e instanceof Close close && close.link().equals(DIALLED));
    }

    @Test
    void shouldTakeServersOfUnsignedWelcomeForHintsAlone() {
        openLink();
        JsonArray rows = new JsonArray(List.of(ownRow(), Envelopes.knownServer(C)));

        take(
                DIALLED,
                introducer(),
                Envelopes.serverWelcome(B, A)
                        .without("pubkey")
                        .with("servers", rows)
                        .unsigned()
                        .build());
        clock.advanceMs(1_000);
        Dial dial = dialTo(C);
        List<RelayEffect> opened = on(new RelayEvent.LinkOpened(dial.contact(), LATER));

        assertThat(opened)
                .filteredOn(RelayEffect.Identify.class::isInstance)
                .containsExactly(
                        new RelayEffect.Identify(LATER, new LinkIdentity.Introducer(null)));
        assertThat(engine.peers().keyOf(C.id())).isNull();
    }

    @Test
    void shouldTakeNoUsersOfUnsignedWelcomeButOfWhatIsSignedLater() {
        openLink();
        JsonObject users =
                JsonObject.builder()
                        .put(
                                ALICE.id().value(),
                                JsonObject.builder().put("server_id", B.id().value()).build())
                        .build();
        take(
                DIALLED,
                introducer(),
                Envelopes.serverWelcome(B, A)
                        .with("snapshot", JsonObject.builder().put("user_locations", users).build())
                        .unsigned()
                        .build());
        boolean isKnownAtFirst = engine.users().find(ALICE.id()) != null;

        take(DIALLED, linkOf(B), Envelopes.advertise(B, ALICE).build());

        assertThat(isKnownAtFirst).isFalse();
        assertThat(engine.users().find(ALICE.id())).isNotNull();
        assertThat(engine.peers().provenLinkTo(B.id())).isNotNull();
    }

    @Test
    void shouldDialServerBackThatGreetedWithAnUnsignedLink() {
        take(THEIRS, STRANGER, Envelopes.serverHelloLink(C).unsigned().build());
        clock.advanceMs(1_000);

        Dial dial = dialTo(C);
        on(new RelayEvent.LinkOpened(dial.contact(), LATER));
        take(
                LATER,
                new LinkIdentity.Introducer(null),
                Envelopes.serverWelcome(C, A).unsigned().build());
        boolean isProvenAtFirst = engine.peers().provenLinkTo(C.id()) != null;
        take(LATER, linkOf(C), Envelopes.heartbeat(C).build());

        assertThat(isProvenAtFirst).isFalse();
        assertThat(engine.peers().provenLinkTo(C.id()).link()).isEqualTo(LATER);
    }

    @Test
    void shouldTakeClaimsUpToTheBoundAndRefuseOnePast() {
        for (int i = 0; i <= MeshEntry.CLAIMS_MAX; i++) {
            ServerId id = new ServerId("%08x-0000-4000-8000-0000000000cc".formatted(i));
            Envelope claim =
                    Envelopes.serverHelloJoin(C)
                            .from(id)
                            .with("pubkey", TestKeys.madeUp(i))
                            .unsigned()
                            .build();
            boolean isRefused =
                    take(new LinkId(100 + i), STRANGER, claim).stream()
                            .anyMatch(Close.class::isInstance);
            assertThat(isRefused).isEqualTo(i == MeshEntry.CLAIMS_MAX);
        }
        assertThat(take(LATER, STRANGER, Envelopes.serverHelloJoin(C).build()))
                .noneMatch(Close.class::isInstance);
    }

    @Test
    void shouldTellClaimsPastTheBoundOfOurUsersWhenTheyAreProven() {
        take(LATER, STRANGER, Envelopes.userHello(ALICE).build());
        for (int i = 0; i < Attendance.CLAIMS_INTRODUCED_MAX; i++) {
            ServerId id = new ServerId("%08x-0000-4000-8000-0000000000cc".formatted(i));
            Envelope claim =
                    Envelopes.serverHelloJoin(C)
                            .from(id)
                            .with("pubkey", TestKeys.madeUp(i))
                            .unsigned()
                            .build();
            assertThat(take(new LinkId(100 + i), STRANGER, claim))
                    .hasAtLeastOneElementOfType(RelayEffect.Replay.class);
        }

        List<RelayEffect> claimed =
                take(THEIRS, STRANGER, Envelopes.serverHelloJoin(C).unsigned().build());
        List<RelayEffect> proven = take(THEIRS, linkOf(C), Envelopes.heartbeat(C).build());
        List<RelayEffect> again =
                take(
                        THEIRS,
                        linkOf(C),
                        Envelopes.heartbeat(C).ts(clock.now().epochMs() + 2).build());

        assertThat(claimed).doesNotHaveAnyElementsOfTypes(RelayEffect.Replay.class);
        assertThat(proven).hasAtLeastOneElementOfType(RelayEffect.Replay.class);
        assertThat(again).doesNotHaveAnyElementsOfTypes(RelayEffect.Replay.class);
    }

    @Test
    void shouldNotPreferUnprovenLinkToProvenOne() {
        take(THEIRS, STRANGER, Envelopes.serverHelloJoin(C).unsigned().build());
        take(THEIRS, linkOf(C), Envelopes.heartbeat(C).build());

        take(LATER, STRANGER, Envelopes.serverHelloJoin(C).unsigned().build());
        LinkId beforeProof = engine.peers().linkTo(C.id());
        take(LATER, linkOf(C), Envelopes.heartbeat(C).ts(clock.now().epochMs() + 1).build());

        assertThat(beforeProof).isEqualTo(THEIRS);
        assertThat(engine.peers().linkTo(C.id())).isEqualTo(LATER);
    }

    @Test
    void shouldDialServerThatGreetedUnsignedOnceItsLinkIsGone() {
        take(THEIRS, STRANGER, Envelopes.serverHelloJoin(C).unsigned().build());
        clock.advanceMs(5_000);
        List<RelayEffect> whileLinked = on(new RelayEvent.Tick());

        on(new RelayEvent.LinkClosed(THEIRS));
        clock.advanceMs(5_000);
        List<RelayEffect> afterwards = on(new RelayEvent.Tick());

        assertThat(dialled(whileLinked)).doesNotContain(C.address().toString());
        assertThat(dialled(afterwards)).contains(C.address().toString());
    }

    @Test
    void shouldRefuseUnsignedGreetingOfServerThatSignsItsOwn() {
        take(THEIRS, STRANGER, Envelopes.serverHelloJoin(C).build());
        on(new RelayEvent.LinkClosed(THEIRS));

        List<RelayEffect> effects =
                take(LATER, STRANGER, Envelopes.serverHelloJoin(C).unsigned().build());

        assertThat(effects).hasAtLeastOneElementOfType(Close.class);
        assertThat(engine.peers().linkTo(C.id())).isNull();
    }

    @Test
    void shouldWelcomeWithEverythingAnyImplementationLooksFor() {
        Envelope welcome =
                sent(take(THEIRS, STRANGER, Envelopes.serverHelloJoin(C).build())).getFirst();

        JsonObject payload = welcome.payload().members();
        assertThat(payload.members().keySet())
                .containsExactlyInAnyOrder(
                        "assigned_id",
                        "server_id",
                        "server_pub",
                        "pubkey",
                        "host",
                        "port",
                        "introducer",
                        "servers",
                        "clients");
        JsonObject first = (JsonObject) ((JsonArray) payload.get("clients")).elements().getFirst();
        assertThat(first.members().keySet())
                .containsExactlyInAnyOrder("server_id", "user_id", "host", "port", "pubkey");
        assertThat(first.get("server_id")).isEqualTo(payload.get("server_id"));
    }

    @Test
    void shouldWelcomeInContainerOfTheJoinersKey() {
        Envelope join =
                Envelopes.serverHelloJoin(C)
                        .with("pubkey", C.key().text(KeyContainer.PEM_BASE64URL))
                        .signedBy(C.keys())
                        .build();

        Envelope welcome = sent(take(THEIRS, STRANGER, join)).getFirst();

        assertThat(text(welcome, "pubkey")).isEqualTo(A.key().text(KeyContainer.PEM_BASE64URL));
        assertThat(welcome.payload().members().get("clients")).isEqualTo(new JsonArray(List.of()));
    }

    @Test
    void shouldBePrefixedTowardsServerWithPrefixedId() {
        ServerId prefixed = new ServerId("server_" + C.id());
        Envelope join = Envelopes.serverHelloJoin(C).from(prefixed).build();

        Envelope welcome = sent(take(THEIRS, STRANGER, join)).getFirst();
        clock.advanceMs(15_000);
        Envelope heartbeat = sent(on(new RelayEvent.Tick())).getFirst();

        assertThat(welcome.from()).isEqualTo("server_" + A.id());
        assertThat(heartbeat.type()).isEqualTo("HEARTBEAT");
        assertThat(heartbeat.from()).isEqualTo("server_" + A.id());
    }

    @Test
    void shouldJoinAgainUnderPrefixedIdWhenServerTurnsOutToHaveOne() {
        openLink();
        ServerId prefixed = new ServerId("server_" + B.id());

        List<RelayEffect> effects =
                take(DIALLED, introducer(), Envelopes.serverWelcome(B, A).from(prefixed).build());

        assertThat(sent(effects))
                .extracting(Envelope::type, Envelope::from)
                .startsWith(
                        tuple("SERVER_HELLO_JOIN", "server_" + A.id()),
                        tuple("SERVER_ANNOUNCE", "server_" + A.id()));
    }

    @Test
    void shouldWriteToOneWayServerOnlyOnLinkItDialled() {
        take(THEIRS, STRANGER, Envelopes.serverHelloLink(C).build());
        LinkId before = engine.peers().linkTo(C.id());
        clock.advanceMs(2_000);
        Dial dial =
                (Dial)
                        on(new RelayEvent.Tick()).stream()
                                .filter(e -> e instanceof Dial d && d.address().equals(C.address()))
                                .findFirst()
                                .orElseThrow();
        on(new RelayEvent.LinkOpened(dial.contact(), LATER));
        clock.advanceMs(2_000);
        on(new RelayEvent.Tick());

        assertThat(before).isNull();
        assertThat(engine.peers().linkTo(C.id())).isEqualTo(LATER);
    }

    @Test
    void shouldBelieveNothingOfAnotherServerFromTheOneWeDialled() {
        take(THEIRS, STRANGER, Envelopes.serverAnnounce(C).build());
        take(THEIRS, linkOf(C), Envelopes.advertise(C, ALICE).build());
        openLink();

        take(
                DIALLED,
                introducer(),
                Envelopes.remove(C, ALICE).ts(clock.now().epochMs()).signedBy(B.keys()).build());

        assertThat(engine.users().find(ALICE.id())).isNotNull();
    }

    @Test
    void shouldChangeNothingOfKnownServerForAClaim() {
        take(THEIRS, STRANGER, Envelopes.serverHelloJoin(C).unsigned().build());

        take(LATER, STRANGER, Envelopes.serverHelloLink(C).with("port", 1).unsigned().build());

        assertThat(engine.peers().linkTo(C.id())).isNotNull();
        assertThat(engine.peers().addressOf(C.id())).contains(C.address());
    }

    private LinkIdentity introducer() {
        return new LinkIdentity.Introducer(B.key());
    }

    private static LinkIdentity linkOf(Server server) {
        return new LinkIdentity.Server(server.id(), server.key());
    }

    private static JsonObject ownRow() {
        return JsonObject.builder()
                .put("server_id", B.id().value())
                .put("host", B.address().host())
                .put("port", B.address().port())
                .put("pubkey", B.key().text(KeyContainer.PEM_BASE64URL))
                .build();
    }

    private Dial dialTo(Server server) {
        return (Dial)
                on(new RelayEvent.Tick()).stream()
                        .filter(e -> e instanceof Dial d && d.address().equals(server.address()))
                        .findFirst()
                        .orElseThrow();
    }

    private static Envelope unsignedWelcome() {
        return Envelopes.serverWelcome(B, A)
                .without("pubkey")
                .with("servers", new JsonArray(List.of(ownRow())))
                .unsigned()
                .build();
    }

    private List<RelayEffect> openLink() {
        Dial dial = (Dial) on(new RelayEvent.Tick()).getFirst();
        return on(new RelayEvent.LinkOpened(dial.contact(), DIALLED));
    }

    private static List<String> dialled(List<RelayEffect> effects) {
        return effects.stream()
                .filter(Dial.class::isInstance)
                .map(effect -> ((Dial) effect).address().toString())
                .toList();
    }

    private List<RelayEffect> take(LinkId link, LinkIdentity identity, Envelope envelope) {
        Envelope received = EnvelopeBuilder.decode(envelope.bytes());
        return switch (engine.dataPath().intake(received, link, identity, clock.now())) {
            case Intake.Ended(Outcome outcome) -> outcome.effects();
            case Intake.Early(_, Outcome outcome, _) -> outcome.effects();
            case Intake.Waiting _ -> List.of();
            case Intake.Work(var vetted) -> {
                var all = new ArrayList<RelayEffect>();
                engine.dataPath()
                        .process(vetted, link, identity, clock.now())
                        .effects()
                        .forEach(effect -> {
                            if (effect instanceof RelayEffect.Post(var event)) {
                                all.addAll(on(event));
                            } else {
                                all.add(effect);
                            }
                        });
                yield all;
            }
        };
    }

    private List<RelayEffect> on(RelayEvent event) {
        var effects = new ArrayList<RelayEffect>();
        engine.controlPlane().onEvent(event, clock.now(), effects::add);
        return effects;
    }

    private List<Envelope> sent(List<RelayEffect> effects) {
        return effects.stream()
                .filter(Send.class::isInstance)
                .map(effect -> EnvelopeBuilder.decode(((Send) effect).frame().bytes(signer)))
                .toList();
    }
}
