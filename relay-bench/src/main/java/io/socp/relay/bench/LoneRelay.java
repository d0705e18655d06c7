package io.socp.relay.bench;

import io.socp.relay.crypto.SignatureCheck;
import io.socp.relay.engine.EngineSettings;
import io.socp.relay.engine.Intake;
import io.socp.relay.engine.Outcome;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEngine;
import io.socp.relay.engine.Self;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import io.socp.relay.verify.Vetted;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * The engine of relay A, on which Alice and Bob are. Lives on one thread, and does there what the
 * daemon spreads over several. A millisecond passes with each message, so that the memory of seen
 * ones is as full as it gets and forgets one for each that comes.
 */
final class LoneRelay {

    private static final LinkId ALICES_LINK = new LinkId(1);
    private static final LinkId BOBS_LINK = new LinkId(2);

    private final VirtualClock clock = new VirtualClock();
    private final LinkIdentity alice =
            new LinkIdentity.User(Actors.ALICE.id(), Actors.ALICE.key(), PresenceFeed.PUSHED);
    private final RelayEngine engine;
    private final FrameSigner signer;

    LoneRelay(SignatureCheck check, UnaryOperator<byte[]> signature) {
        signer = new FrameSigner(signature);
        engine =
                RelayEngine.create(
                        new Self(Actors.A.id(), Actors.A.key(), Actors.A.address()),
                        EngineSettings.standard(),
                        List.of(),
                        new RelayEngine.Surroundings(clock, new Random(1), check));
        welcome(Actors.ALICE, ALICES_LINK);
        welcome(Actors.BOB, BOBS_LINK);
    }

    private void welcome(Person user, LinkId link) {
        Envelope hello = Frames.decode(Envelopes.userHello(user).build().bytes());
        Vetted vetted = intake(hello, link, new LinkIdentity.Stranger());
        for (RelayEffect effect : process(vetted, link, new LinkIdentity.Stranger()).effects()) {
            if (effect instanceof RelayEffect.Post(var event)) {
                List<RelayEffect> answers = new ArrayList<>();
                engine.controlPlane().onEvent(event, clock.now(), answers::add);
            }
        }
    }

    /** Alice writes at the next millisecond. */
    long nextMs() {
        return clock.advanceMs(1).epochMs();
    }

    Vetted intake(Envelope envelope) {
        return intake(envelope, ALICES_LINK, alice);
    }

    Outcome process(Vetted vetted) {
        return process(vetted, ALICES_LINK, alice);
    }

    /** The bytes that Bob is sent for this frame of Alice's. */
    byte[] deliver(byte[] frame) {
        return bytes(process(intake(Frames.decode(frame))));
    }

    byte[] bytes(Outcome outcome) {
        return switch (outcome.effects().getFirst()) {
            case RelayEffect.HandOver(_, OutboundFrame frame, _) -> frame.bytes(signer);
            case RelayEffect other -> throw new IllegalStateException("not handed over: " + other);
        };
    }

    private Vetted intake(Envelope envelope, LinkId link, LinkIdentity identity) {
        return switch (engine.dataPath().intake(envelope, link, identity, clock.now())) {
            case Intake.Work(Vetted vetted) -> vetted;
            case Intake.Ended(Outcome outcome) ->
                    throw new IllegalStateException("not taken: " + outcome);
            case Intake.Early _, Intake.Waiting _ ->
                    throw new IllegalStateException("not taken yet");
        };
    }

    private Outcome process(Vetted vetted, LinkId link, LinkIdentity identity) {
        return engine.dataPath().process(vetted, link, identity, clock.now());
    }
}
