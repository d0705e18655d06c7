package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.engine.RelayEffect.Dial;
import io.socp.relay.engine.RelayEffect.Post;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Relay A, event by event, whose bootstrap file is read again. */
class IntroducersTest {

    private static final LinkId LINK = new LinkId(1);

    private final VirtualClock clock = new VirtualClock();
    private final RelayEngine engine =
            RelayEngine.create(
                    new Self(A.id(), A.key(), A.address()),
                    EngineSettings.standard(),
                    List.of(of(B)),
                    new RelayEngine.Surroundings(
                            clock, new SplittableRandom(1), new SignatureVerifier()));

    @Test
    void shouldDialWhoIsNewAndNotOurselves() {
        List<RelayEffect> told = read(of(B), of(C), of(A));

        assertThat(reports(told)).containsExactly(C.address() + " is an introducer from now on");
        assertThat(dialledSoon()).contains(B.address(), C.address()).hasSize(2);
    }

    @Test
    void shouldChangeNothingWhereNothingHasChanged() {
        assertThat(read(of(B))).isEmpty();
        assertThat(dialledSoon()).containsExactly(B.address());
    }

    @Test
    void shouldNotDialAnyMoreWhoIsGone() {
        List<RelayEffect> told = read();

        assertThat(reports(told)).containsExactly(B.address() + " is no introducer any more");
        assertThat(dialledSoon()).isEmpty();
    }

    @Test
    void shouldTakeUpAgainWhoHasComeBack() {
        var _ = read();
        var _ = read(of(B));

        assertThat(dialledSoon()).containsExactly(B.address());
    }

    @Test
    void shouldDialAgainUnderAnotherKey() {
        List<RelayEffect> told = read(new Introducer(B.address(), C.key()));

        assertThat(reports(told)).hasSize(2);
        assertThat(dialledSoon()).containsExactly(B.address());
    }

    @Test
    void shouldHangUpOnAConnectionThatOpensTooLate() {
        Dial dial = dials(on(new RelayEvent.Tick())).getFirst();
        var _ = read();

        List<RelayEffect> opened = on(new RelayEvent.LinkOpened(dial.contact(), LINK));

        assertThat(opened).singleElement().isInstanceOf(RelayEffect.Close.class);
    }

    @Test
    void shouldLetAGreetingUnderWayComeToItsEnd() {
        Dial dial = dials(on(new RelayEvent.Tick())).getFirst();
        var _ = on(new RelayEvent.LinkOpened(dial.contact(), LINK));

        var _ = read();
        var _ = welcomed();

        assertThat(engine.peers().linkTo(B.id())).isEqualTo(LINK);
    }

    @Test
    void shouldKeepTheLinkToOneThatIsGone() {
        link();

        var _ = read();

        assertThat(engine.peers().linkTo(B.id())).isEqualTo(LINK);
        assertThat(dialledSoon()).isEmpty();
    }

    @Test
    void shouldNotDialWhoIsLinkedAlready() {
        link();
        var _ = read();

        var _ = read(of(B));

        assertThat(dialledSoon()).isEmpty();
    }

    private void link() {
        Dial dial = dials(on(new RelayEvent.Tick())).getFirst();
        var _ = on(new RelayEvent.LinkOpened(dial.contact(), LINK));
        var _ = welcomed();
    }

    private List<RelayEffect> welcomed() {
        LinkIdentity identity = new LinkIdentity.Introducer(B.key());
        var work =
                (Intake.Work)
                        engine.dataPath()
                                .intake(
                                        Envelopes.serverWelcome(B, A).build(),
                                        LINK,
                                        identity,
                                        clock.now());
        Outcome outcome = engine.dataPath().process(work.vetted(), LINK, identity, clock.now());
        return on(((Post) outcome.effects().getFirst()).event());
    }

    private static Introducer of(Server server) {
        return new Introducer(server.address(), server.key());
    }

    private List<RelayEffect> read(Introducer... file) {
        return on(new RelayEvent.IntroducersRead(List.of(file)));
    }

    private static List<String> reports(List<RelayEffect> effects) {
        return effects.stream()
                .filter(Report.class::isInstance)
                .map(effect -> ((Report) effect).notice().text())
                .toList();
    }

    private static List<Dial> dials(List<RelayEffect> effects) {
        return effects.stream().filter(Dial.class::isInstance).map(Dial.class::cast).toList();
    }

    /** Who is dialled in the first tries; nobody answers. */
    private List<HostPort> dialledSoon() {
        List<HostPort> dialled = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clock.advanceMs(500);
            for (Dial dial : dials(on(new RelayEvent.Tick()))) {
                dialled.add(dial.address());
            }
        }
        return dialled;
    }

    private List<RelayEffect> on(RelayEvent event) {
        List<RelayEffect> effects = new ArrayList<>();
        engine.controlPlane().onEvent(event, clock.now(), effects::add);
        return effects;
    }
}
