package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.engine.RelayEffect.Post;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.Stages;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Relay A, event by event, and its peer C, which is cut while frames of it are under way. */
class CutPeerTest {

    private static final LinkId LINK = new LinkId(1);
    private static final LinkIdentity STRANGER = new LinkIdentity.Stranger();
    private static final LinkIdentity PEER = Stages.linkOf(C);

    private final VirtualClock clock = new VirtualClock();
    private final Map<LinkId, String> origins = new HashMap<>(Map.of(LINK, "192.0.2.1"));
    private final RelayEngine engine =
            RelayEngine.create(
                    new Self(A.id(), A.key(), A.address()),
                    EngineSettings.standard(),
                    List.of(),
                    new RelayEngine.Surroundings(
                            clock,
                            new SplittableRandom(1),
                            new SignatureVerifier(),
                            link -> origins.getOrDefault(link, "nowhere")));

    @BeforeEach
    void link() {
        on(received(STRANGER, Envelopes.serverHelloJoin(C).build()));
        on(received(PEER, Envelopes.advertise(C, CAROL).build()));
    }

    @Test
    void shouldTakeNoPresenceThatComesAfterTheCut() {
        RelayEvent underWay = received(PEER, Envelopes.advertise(C, BOB).build());

        cut();
        origins.remove(LINK);
        clock.advanceMs(100);
        on(new RelayEvent.Tick());
        on(underWay);
        on(new RelayEvent.LinkClosed(LINK));
        clock.advanceMs(60_000);
        on(new RelayEvent.Tick());

        assertThat(engine.users().size()).isZero();
    }

    @Test
    void shouldTakeNoPresenceBetweenTheJudgementAndTheCut() {
        RelayEvent underWay = received(PEER, Envelopes.advertise(C, BOB).build());
        RelayEvent misconduct = misconduct();

        origins.remove(LINK);
        on(underWay);
        boolean isBobKnown = engine.users().find(BOB.id()) != null;
        on(misconduct);
        on(new RelayEvent.LinkClosed(LINK));

        assertThat(isBobKnown).isFalse();
        assertThat(engine.peers().linkTo(C.id())).isNull();
    }

    private void cut() {
        on(misconduct());
    }

    private RelayEvent misconduct() {
        List<RelayEffect> effects = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            effects.addAll(
                    engine.conduct()
                            .onOffence(
                                    C.id(), LINK, Offence.CHANGES_PINNED_KEY, "odd", clock.now()));
        }
        return ((Post) effects.getLast()).event();
    }

    /** What the data path tells the control plane of this frame. */
    private RelayEvent received(LinkIdentity identity, Envelope envelope) {
        var work = (Intake.Work) engine.dataPath().intake(envelope, LINK, identity, clock.now());
        Outcome outcome = engine.dataPath().process(work.vetted(), LINK, identity, clock.now());
        return ((Post) outcome.effects().getFirst()).event();
    }

    private void on(RelayEvent event) {
        engine.controlPlane().onEvent(event, clock.now(), _ -> {});
    }
}
