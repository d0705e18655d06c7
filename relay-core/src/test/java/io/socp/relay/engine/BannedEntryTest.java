package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Dial;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.identity.LinkId;
import io.socp.relay.limit.Bans;
import io.socp.relay.limit.Bans.Ban;
import io.socp.relay.limit.Bans.Kind;
import io.socp.relay.limit.Bans.Subject;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Ways round a ban: relay A, event by event, with introducer B, who names C. */
class BannedEntryTest {

    private static final LinkId TO_B = new LinkId(1);
    private static final LinkId TO_C = new LinkId(2);
    private static final LinkId USERS = new LinkId(3);
    private static final LinkIdentity STRANGER = new LinkIdentity.Stranger();

    private final VirtualClock clock = new VirtualClock();
    private final Bans bans = new Bans();
    private final RelayEngine engine =
            RelayEngine.create(
                    new Self(A.id(), A.key(), A.address()),
                    EngineSettings.standard(),
                    List.of(new Introducer(B.address(), B.key())),
                    new RelayEngine.Surroundings(
                            clock,
                            new SplittableRandom(1),
                            new SignatureVerifier(),
                            LinkOrigins.UNKNOWN,
                            bans,
                            new Expected()));

    @Test
    void shouldNotTakeABannedServerThatWeDialAndThatSaysNothing() {
        meetB();
        ban(Kind.SERVER, C.id().value());
        dialC();

        List<RelayEffect> effects = tickAfter(2_000);

        assertThat(engine.peers().linkTo(C.id())).isNull();
        assertThat(closed(effects)).contains(TO_C);
    }

    @Test
    void shouldTakeItWhereItIsNotBanned() {
        meetB();
        dialC();

        tickAfter(2_000);

        assertThat(engine.peers().linkTo(C.id())).isEqualTo(TO_C);
    }

    @Test
    void shouldNotTakeABannedServerThatWelcomesNobodyAndSignsSomething() {
        dialB();
        tickAfter(2_000);
        ban(Kind.SERVER, B.id().value());

        List<RelayEffect> effects = take(TO_B, introducer(), Envelopes.advertise(B, ALICE).build());

        assertThat(engine.peers().linkTo(B.id())).isNull();
        assertThat(closed(effects)).containsOnly(TO_B);
    }

    @Test
    void shouldPartWithAServerThatCameInWhileItWasBanned() {
        meetB();
        ban(Kind.SERVER, B.id().value());

        assertThat(closed(tickAfter(100))).containsExactly(TO_B);
    }

    @Test
    void shouldNotTakeAUserWhoseHelloWasUnderWayWhenHeWasBanned() {
        RelayEvent hello = received(USERS, STRANGER, Envelopes.userHello(ALICE).build());
        ban(Kind.USER, ALICE.id().value());

        List<RelayEffect> effects = on(hello);

        assertThat(closed(effects)).containsExactly(USERS);
        assertThat(engine.users().find(ALICE.id())).isNull();
        assertThat(effects).noneMatch(RelayEffect.Identify.class::isInstance);
    }

    private void meetB() {
        dialB();
        take(
                TO_B,
                introducer(),
                Envelopes.serverWelcome(B, A)
                        .with("servers", new JsonArray(List.of(Envelopes.knownServer(C))))
                        .build());
        assertThat(engine.peers().linkTo(B.id())).isEqualTo(TO_B);
    }

    private void dialB() {
        Dial dial = dial(on(new RelayEvent.Tick()));
        on(new RelayEvent.LinkOpened(dial.contact(), TO_B));
    }

    private void dialC() {
        Dial dial = dial(tickAfter(1_000));
        assertThat(dial.address()).isEqualTo(C.address());
        on(new RelayEvent.LinkOpened(dial.contact(), TO_C));
    }

    private static Dial dial(List<RelayEffect> effects) {
        return (Dial) effects.stream().filter(Dial.class::isInstance).findFirst().orElseThrow();
    }

    private static LinkIdentity introducer() {
        return new LinkIdentity.Introducer(B.key());
    }

    private void ban(Kind kind, String name) {
        bans.add(new Ban(new Subject(kind, name), Long.MAX_VALUE, ""), clock.now().epochMs());
    }

    private static List<LinkId> closed(List<RelayEffect> effects) {
        return effects.stream()
                .filter(Close.class::isInstance)
                .map(close -> ((Close) close).link())
                .toList();
    }

    private List<RelayEffect> tickAfter(long ms) {
        clock.advanceMs(ms);
        return on(new RelayEvent.Tick());
    }

    private List<RelayEffect> take(LinkId link, LinkIdentity identity, Envelope envelope) {
        return on(received(link, identity, envelope));
    }

    /** What the data path tells the control plane of this frame. */
    private RelayEvent received(LinkId link, LinkIdentity identity, Envelope envelope) {
        var work = (Intake.Work) engine.dataPath().intake(envelope, link, identity, clock.now());
        Outcome outcome = engine.dataPath().process(work.vetted(), link, identity, clock.now());
        return ((RelayEffect.Post) outcome.effects().getFirst()).event();
    }

    private List<RelayEffect> on(RelayEvent event) {
        List<RelayEffect> effects = new ArrayList<>();
        engine.controlPlane().onEvent(event, clock.now(), effects::add);
        return effects;
    }
}
