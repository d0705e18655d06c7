package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.TrailStep.End;
import io.socp.relay.engine.TrailStep.Fate;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.FileChunk;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.MessageReference;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.SealedText;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class TrailTest {

    private static final LinkIdentity ALICES =
            new LinkIdentity.User(ALICE.id(), ALICE.key(), PresenceFeed.PUSHED);
    private static final LinkIdentity BS = new LinkIdentity.Server(B.id(), B.key());
    private static final LinkId LINK = new LinkId(7);
    private static final Envelope ENVELOPE = Envelopes.msgDirect(ALICE, BOB).build();
    private static final OutboundFrame FRAME = OutboundFrame.asReceived(ENVELOPE);

    private final VirtualClock clock = new VirtualClock();
    private final Trail trail = new Trail(Trail.STRIPES * 3);

    @Test
    void shouldSayWhoBroughtAMessageAndWhoGotIt() {
        long at = clock.now().epochMs();

        add(1, ALICES, new RelayEffect.Convey(List.of(B.id()), FRAME, 0, null));
        clock.advanceMs(5);
        add(1, BS, new RelayEffect.HandOver(LINK, FRAME, new Complaint(ALICE.id(), BOB.id())));

        assertThat(steps(1))
                .containsExactly(
                        new TrailStep(
                                at,
                                MessageType.MSG_DIRECT,
                                new End.User(ALICE.id()),
                                Fate.ACCEPTED,
                                new End.Server(B.id())),
                        new TrailStep(
                                at + 5,
                                MessageType.MSG_DIRECT,
                                new End.Server(B.id()),
                                Fate.ACCEPTED,
                                new End.User(BOB.id())));
    }

    @Test
    void shouldKeepIdsThatAreNoUuids() {
        UserId named = new UserId("Bob");
        UserId capital = new UserId(BOB.id().value().toUpperCase(Locale.ROOT));

        for (UserId user : List.of(named, capital)) {
            Complaint complaint = new Complaint(ALICE.id(), user);
            add(1, ALICES, new RelayEffect.HandOver(LINK, FRAME, complaint));
        }

        assertThat(steps(1))
                .extracting(TrailStep::to)
                .containsExactly(new End.User(named), new End.User(capital));
    }

    @Test
    void shouldCountTheServersThatAMessageToAllGoesTo() {
        add(
                1,
                ALICES,
                new RelayEffect.Convey(List.of(A.id(), B.id()), FRAME, 0, null),
                new RelayEffect.Convey(List.of(C.id()), FRAME, 0, null),
                new RelayEffect.SendToUsers(Audience.EVERYONE, LINK, FrameVersions.uniform(FRAME)));

        assertThat(steps(1)).extracting(TrailStep::to).containsExactly(new End.Everyone(3));
    }

    @Test
    void shouldRememberAsManyStepsAsItsBoundAndForgetTheOldestBeyondIt() {
        for (long number = 1; number <= 3; number++) {
            add(number * Trail.STRIPES, ALICES);
        }
        List<TrailStep> atTheBound = steps(Trail.STRIPES);

        add(4 * Trail.STRIPES, ALICES);

        assertThat(atTheBound).hasSize(1);
        assertThat(steps(Trail.STRIPES)).isEmpty();
        for (long number = 2; number <= 4; number++) {
            assertThat(steps(number * Trail.STRIPES)).as("message %d", number).hasSize(1);
        }
    }

    @Test
    void shouldKeepTheOrderOfStepsWhereTheRingHasTurned() {
        for (Verdict verdict :
                List.of(
                        Verdict.ACCEPTED,
                        Verdict.REFUSED,
                        Verdict.UNVERIFIED,
                        Verdict.DUPLICATE,
                        Verdict.UNDELIVERABLE)) {
            add(1, ALICES, new Outcome(verdict, List.of()));
        }

        assertThat(steps(1))
                .extracting(TrailStep::fate)
                .containsExactly(Fate.UNVERIFIED, Fate.DUPLICATE, Fate.UNDELIVERABLE);
    }

    @Test
    void shouldGrowToItsBoundWithoutForgetting() {
        int each = 1_000;
        Trail large = new Trail(each * Trail.STRIPES);
        for (int i = 0; i < each; i++) {
            large.add(direct(Trail.STRIPES), ENVELOPE, ALICES, accepted(), clock.now());
        }

        assertThat(large.steps(new MessageReference(Trail.STRIPES), clock.now())).hasSize(each);
    }

    @Test
    void shouldTellNothingThatIsTooOld() {
        add(1, ALICES);
        clock.advanceMs(Trail.AGE_MAX.toMillis());
        List<TrailStep> atTheAge = steps(1);
        clock.advanceMs(1);

        assertThat(atTheAge).hasSize(1);
        assertThat(steps(1)).isEmpty();
    }

    @Test
    void shouldSaySinceWhenItKnowsAll() {
        MessageReference reference = new MessageReference(Trail.STRIPES);
        long start = clock.now().epochMs();
        long whenEmpty = trail.knowsSinceMs(reference, clock.now());
        for (int i = 0; i < 3; i++) {
            clock.advanceMs(Duration.ofMinutes(1).toMillis());
            add(Trail.STRIPES, ALICES);
        }

        assertThat(whenEmpty).isEqualTo(start - Trail.AGE_MAX.toMillis());
        assertThat(trail.knowsSinceMs(reference, clock.now()))
                .isEqualTo(start + Duration.ofMinutes(1).toMillis());
    }

    @Test
    void shouldSayWhatWasGivenUpLater() {
        add(1, ALICES, new RelayEffect.Convey(List.of(B.id()), FRAME, 0, null));

        trail.addGivenUp(new Complaint(ALICE.id(), BOB.id(), 1), clock.now());
        trail.addGivenUp(new Complaint(ALICE.id(), BOB.id()), clock.now());

        assertThat(steps(1))
                .extracting(TrailStep::fate)
                .containsExactly(Fate.ACCEPTED, Fate.GIVEN_UP);
        assertThat(steps(1).getLast())
                .isEqualTo(
                        new TrailStep(
                                clock.now().epochMs(),
                                null,
                                new End.Nobody(),
                                Fate.GIVEN_UP,
                                new End.User(BOB.id())));
    }

    @Test
    void shouldSayThatAMessageWaitsThatWasAcceptedBefore() {
        add(1, ALICES, new RelayEffect.Convey(List.of(B.id()), FRAME, 0, null));
        add(1, BS, new Outcome(Verdict.DUPLICATE, List.of()));

        trail.holdBack(direct(1), ENVELOPE);

        assertThat(steps(1))
                .extracting(TrailStep::fate)
                .containsExactly(Fate.WAITING, Fate.DUPLICATE);
        assertThat(steps(1).getFirst().from()).isEqualTo(new End.User(ALICE.id()));
        assertThat(steps(1).getFirst().to()).isEqualTo(new End.Nobody());
    }

    @Test
    void shouldTurnNothingIntoWaitingThatIsForgotten() {
        add(1, ALICES, new Outcome(Verdict.REFUSED, List.of()));

        trail.holdBack(direct(1), ENVELOPE);

        assertThat(steps(1)).extracting(TrailStep::fate).containsExactly(Fate.REFUSED);
    }

    @Test
    void shouldLeaveOutPiecesOfFiles() {
        var chunk = new FileChunk(ALICE.id(), BOB.id().value(), 0, "f", 0, "x", signature(1));

        trail.add(chunk, ENVELOPE, ALICES, accepted(), clock.now());

        assertThat(steps(1)).isEmpty();
    }

    @Test
    void shouldRememberNothingWhereItShallNot() {
        Trail off = new Trail(0);

        off.add(direct(1), ENVELOPE, ALICES, accepted(), clock.now());
        off.addGivenUp(new Complaint(ALICE.id(), BOB.id(), 1), clock.now());

        assertThat(off.steps(new MessageReference(1), clock.now())).isEmpty();
        assertThat(off.knowsSinceMs(new MessageReference(1), clock.now()))
                .isEqualTo(clock.now().epochMs());
    }

    private void add(long reference, LinkIdentity from, RelayEffect... effects) {
        add(reference, from, new Outcome(Verdict.ACCEPTED, List.of(effects)));
    }

    private void add(long reference, LinkIdentity from, Outcome outcome) {
        trail.add(direct(reference), ENVELOPE, from, outcome, clock.now());
    }

    private static Outcome accepted() {
        return new Outcome(Verdict.ACCEPTED, List.of());
    }

    private static MsgDirect direct(long reference) {
        return new MsgDirect(
                ALICE.id(), BOB.id(), 0, new SealedText("x", "y", signature(reference)));
    }

    /** One whose first 8 bytes are these. */
    private static String signature(long reference) {
        byte[] bytes = ByteBuffer.allocate(16).putLong(reference).array();
        return Base64Url.encode(bytes);
    }

    private List<TrailStep> steps(long reference) {
        return trail.steps(new MessageReference(reference), clock.now());
    }
}
